import { readFileSync } from 'node:fs';
import { InferenceSession, Tensor } from '../../src/model/runtime/onnxruntime.ts';
import { augmentModel } from '../../src/model/session/augmented-graph.ts';
import { createExplainSession } from '../../src/model/session/explain-session.ts';
import { readLayerShapes } from '../../src/model/yolo/layer-shapes.ts';
import { resolveTargetLayers } from '../../src/model/yolo/module-layers.ts';
import { readYoloModel, type YoloModel } from '../../src/model/yolo/yolo-model.ts';
import { collectBuffers } from '../../src/shared/host/garbage-collection.ts';
import { processPeakBytes } from './process-peak.ts';
import { seededRandom } from './random.ts';

/*
 * The program of a child process: node large-input-child.js <model> <pixels> bare|targets|all <components>. Runs one image three times, prints
 * the peak of the process in bytes.
 */
const [, , path = '', pixels = '0', what = 'bare', components = '1'] = process.argv;
const size = Number(pixels);
const bytes = readFileSync(path);
const model = readYoloModel(bytes, { name: path, overrides: { imgsz: [size, size] } });
const random = seededRandom(1);
if (what === 'bare') await runBare();
else await runAugmented();
console.log(processPeakBytes('self') ?? Number.NaN);

async function runBare(): Promise<void> {
  const session = await InferenceSession.create(bytes, { intraOpNumThreads: 1 });
  const floats = new Float32Array(3 * size * size);
  for (let i = 0; i < floats.length; i++) floats[i] = random();
  const feeds = { [model.inputName]: new Tensor('float32', floats, [1, 3, size, size]) };
  for (let run = 0; run < 3; run++) await session.run(feeds);
}

async function runAugmented(): Promise<void> {
  const choices = what === 'all' ? allLayers(model) : resolveTargetLayers(model);
  const shapes = await readLayerShapes(
    bytes,
    model,
    choices.map(({ tensor }) => tensor),
  );
  const layers = choices.map((choice) => ({ ...choice, ...shapes.get(choice.tensor)! }));
  const plan = { layers, components: Number(components), device: 'cpu' } as const;
  const augmented = augmentModel(bytes, model, plan);
  const session = await createExplainSession({ augmented, device: 'cpu', threads: 1 });
  const image = new Uint8Array(3 * size * size);
  for (let i = 0; i < image.length; i++) image[i] = random() * 256;
  const masks = layers.map((layer) => new Float32Array(layer.gridHeight * layer.gridWidth).fill(1));
  for (let run = 0; run < 3; run++) {
    // As the product's thread does.
    collectBuffers();
    await session.run({ pixels: image, masks });
  }
}

/** Every module that has a grid. */
function allLayers(model: YoloModel) {
  const modules = model.modules.filter(({ index }) => index < model.headModule);
  const names = modules.flatMap(({ index }) => {
    try {
      return resolveTargetLayers(model, [String(index)]).map(({ tensor }) => tensor);
    } catch {
      return [];
    }
  });
  return resolveTargetLayers(model, names);
}
