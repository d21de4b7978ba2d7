import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { ActivationLayer } from '../../src/model/eigen-cam/eigen-cam-graph.ts';
import {
  type PrincipalComponents,
  principalComponents,
} from '../../src/model/eigen-cam/principal-components.ts';
import type { Device } from '../../src/model/runtime/devices.ts';
import { type AugmentedModel, augmentModel } from '../../src/model/session/augmented-graph.ts';
import {
  createExplainSession,
  type ExplainSession,
} from '../../src/model/session/explain-session.ts';
import { type ImageOutputs, imageOutputs } from '../../src/model/session/image-outputs.ts';
import { readLayerShapes } from '../../src/model/yolo/layer-shapes.ts';
import { resolveTargetLayers } from '../../src/model/yolo/module-layers.ts';
import { readYoloModel, type YoloModel } from '../../src/model/yolo/yolo-model.ts';
import { repositoryRoot } from './cache-folder.ts';

export interface ExplainerOptions {
  readonly components: readonly number[];
  /** Default: the model's own targets. */
  readonly layers?: readonly string[];
  readonly steps?: number;
  /** Default: the CPU. */
  readonly device?: Device;
  /** Height and width for a model that takes any size. */
  readonly imgsz?: readonly [number, number];
}

/** A model with Eigen-CAM in it, ready to run on the CPU. */
export interface Explainer {
  readonly model: YoloModel;
  readonly layers: readonly ActivationLayer[];
  readonly augmented: AugmentedModel;
  readonly session: ExplainSession;
  /** Answers for every image of `pixels` (uint8 planar RGB); without masks the padding counts as content. */
  explain(pixels: Uint8Array, masks?: readonly Float32Array[]): Promise<readonly Explained[]>;
}

export interface Explained extends ImageOutputs {
  /** By layer. */
  readonly maps: readonly PrincipalComponents[];
}

export const trainedModel = 'examples/blood-cells/bccd-yolov8n.onnx';
export const fixtureModel = (name: string): string => `test/fixtures/models/${name}.onnx`;

export async function openExplainer(path: string, options: ExplainerOptions): Promise<Explainer> {
  const bytes = readFileSync(join(repositoryRoot, path));
  const overrides = options.imgsz === undefined ? {} : { imgsz: options.imgsz };
  const model = readYoloModel(bytes, { name: basename(path), overrides });
  const choices = resolveTargetLayers(model, options.layers);
  const tensors = choices.map(({ tensor }) => tensor);
  const shapes = await readLayerShapes(bytes, model, tensors);
  const layers = choices.map((choice) => {
    const view = model.views[choice.tensor];
    return { ...choice, ...shapes.get(choice.tensor)!, ...(view && { view }) };
  });
  const components = Math.max(...options.components);
  const steps = options.steps === undefined ? {} : { steps: options.steps };
  const device = options.device ?? 'cpu';
  const augmented = augmentModel(bytes, model, { layers, components, device, ...steps });
  const session = await createExplainSession({
    augmented,
    device,
    threads: 1,
  });
  return {
    model,
    layers,
    augmented,
    session,
    explain: async (pixels, masks) => {
      const batch = pixels.length / (3 * model.inputHeight * model.inputWidth);
      const all = masks ?? layers.map((layer) => new Float32Array(batch * cellsOf(layer)).fill(1));
      const outputs = await session.run({ pixels, masks: all });
      return Array.from({ length: batch }, (_, index) => {
        const image = imageOutputs(outputs, index);
        const maps = image.layers.map((layer, at) => {
          const { width, side } = augmented.layers[at]!;
          const cells = cellsOf(layers[at]!);
          const mask = all[at]!.subarray(index * cells, (index + 1) * cells);
          const inputs = { ...layer, width, side, cells, mask, components: options.components };
          return principalComponents(inputs);
        });
        return { ...image, maps };
      });
    },
  };
}

export function cellsOf(layer: { gridHeight: number; gridWidth: number }): number {
  return layer.gridHeight * layer.gridWidth;
}

/** [h, w, 3] -> [3, h, w]. */
export function planar(interleaved: Uint8Array): Uint8Array {
  const plane = interleaved.length / 3;
  return Uint8Array.from(
    { length: interleaved.length },
    (_, index) => interleaved[(index % plane) * 3 + Math.floor(index / plane)]!,
  );
}

/** Pearson's, over the cells of `mask`, or all. */
export function correlation(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  mask?: ArrayLike<number>,
): number {
  const cells = Array.from(a, (_, i) => i).filter((i) => mask === undefined || mask[i] !== 0);
  const mean = (x: ArrayLike<number>) => cells.reduce((sum, i) => sum + x[i]!, 0) / cells.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  let [ab, aa, bb] = [0, 0, 0];
  for (const i of cells) {
    ab += (a[i]! - meanA) * (b[i]! - meanB);
    aa += (a[i]! - meanA) ** 2;
    bb += (b[i]! - meanB) ** 2;
  }
  return ab / Math.sqrt(aa * bb);
}
