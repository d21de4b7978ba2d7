import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import {
  createExplainSession,
  type ExplainOutputs,
} from '../../../src/model/session/explain-session.ts';
import { imageOutputs } from '../../../src/model/session/image-outputs.ts';
import { outputArrays } from '../../../src/worker/inference/owned-outputs.ts';
import {
  cellsOf,
  type ExplainerOptions,
  fixtureModel,
  openExplainer,
  trainedModel,
} from '../../support/explainer.ts';

describe('answers with any number of threads', () => {
  const cases: (ExplainerOptions & { readonly path: string })[] = [
    { path: fixtureModel('tiny-det'), components: [1] },
    { path: fixtureModel('tiny-det'), components: [1, 2, 3] },
    { path: trainedModel, components: [1] },
    { path: trainedModel, components: [1, 2, 3], layers: ['8', '9', '21'] },
    { path: trainedModel, components: [1], layers: ['4', '8', '9', '21'] },
  ];
  for (const { path, ...options } of cases) {
    const layers = `layers ${options.layers?.join(', ') ?? 'of its own'}`;
    it(`are the same bytes: ${path}, components ${options.components.join(', ')}, ${layers}`, async () => {
      const explainer = await openExplainer(path, options);
      const { model, augmented } = explainer;
      const pixels = noise(3 * model.inputHeight * model.inputWidth);
      const masks = explainer.layers.map((layer) =>
        new Float32Array(cellsOf(layer)).fill(1 / cellsOf(layer)),
      );
      const answers: string[][] = [];
      for (const threads of [1, 2, 3, 4, 8]) {
        const session = await createExplainSession({ augmented, device: 'cpu', threads });
        answers.push(digestsOf(await session.run({ pixels, masks })));
        await session.release();
      }
      const [first, ...others] = answers;
      for (const other of others) assert.deepEqual(other, first);
    });
  }
});

function digestsOf(outputs: ExplainOutputs): string[] {
  return outputArrays(imageOutputs(outputs, 0)).map(({ buffer, byteOffset, byteLength }) =>
    createHash('sha256')
      .update(Buffer.from(buffer, byteOffset, byteLength))
      .digest('hex'),
  );
}

/** Bytes that a linear congruential generator makes. */
function noise(length: number): Uint8Array {
  let state = 1;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state >>> 24;
  });
}
