import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { evidencePlanOf } from '../../src/model/evidence/evidence-plan.ts';
import { augmentModel } from '../../src/model/session/augmented-graph.ts';
import { createExplainSession } from '../../src/model/session/explain-session.ts';
import { type ImageOutputs, imageOutputs } from '../../src/model/session/image-outputs.ts';
import { type LoadedModel, loadModel } from '../../src/model/yolo/load-model.ts';
import { repositoryRoot } from './cache-folder.ts';

export interface EvidenceRun {
  readonly loaded: LoadedModel;
  readonly outputs: ImageOutputs;
}

/** The graph's answer for one image, with the evidence of the chosen classes and no layer. `pixels`: uint8 planar. */
export async function runEvidence(
  path: string,
  pixels: Uint8Array,
  classes: string[] = ['all'],
): Promise<EvidenceRun> {
  const file = join(repositoryRoot, path);
  const loaded = await loadModel(file);
  const evidence = evidencePlanOf(loaded, { classes });
  const augmented = augmentModel(readFileSync(file), loaded.model, {
    ...{ layers: [], components: 1, device: 'cpu' as const, evidence },
  });
  const session = await createExplainSession({ augmented, device: 'cpu', threads: 1 });
  const { batch } = loaded.model;
  const images = typeof batch === 'number' ? batch : 1;
  const stack = new Uint8Array(pixels.length * images);
  stack.set(pixels);
  const outputs = imageOutputs(await session.run({ pixels: stack, masks: [] }), 0);
  await session.release();
  return { loaded, outputs };
}
