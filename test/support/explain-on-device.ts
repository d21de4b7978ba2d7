import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Device } from '../../src/model/devices.ts';
import { repositoryRoot } from './cache-folder.ts';
import { fixtureModel, openExplainer } from './explainer.ts';
import { prepareImage } from './prepare-image.ts';

/** What a child process prints as JSON: numbers of one image explained on one device. */
export interface DeviceAnswer {
  /** By layer, by component. */
  readonly maps: readonly (readonly number[])[][];
  readonly explainedVariance: readonly number[][];
  readonly scores: readonly number[];
}

/** Run as a program, `explain-on-device.js DEVICE COMPONENTS`: a GPU driver has to be in the environment when a process starts. */
async function main([device = 'cpu', components = '1']: string[]): Promise<void> {
  const list = components.split(',').map(Number);
  const explainer = await openExplainer(fixtureModel('tiny-det'), {
    components: list,
    device: device as Device,
  });
  const image = join(repositoryRoot, 'examples/blood-cells/images/test/BloodImage_00007.jpg');
  const { pixels } = await prepareImage(image, explainer.model);
  const [answer] = await explainer.explain(pixels);
  const found = (answer?.maps ?? []).map((layer) =>
    layer.status === 'explained'
      ? layer.components.flatMap((each) => (each.status === 'found' ? [each] : []))
      : [],
  );
  const head = answer?.head;
  const result: DeviceAnswer = {
    maps: found.map((layer) => layer.map(({ map }) => [...map])),
    explainedVariance: found.map((layer) => layer.map((each) => each.explainedVariance)),
    scores: head?.kind === 'detect' ? [...head.scores] : [],
  };
  await explainer.session.release();
  writeFileSync(1, JSON.stringify(result));
}

await main(process.argv.slice(2));
