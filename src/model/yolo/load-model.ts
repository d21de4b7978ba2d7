import { createHash } from 'node:crypto';
import { basename, resolve } from 'node:path';
import type { LayerBasis } from '../../shared/basis/dataset-basis.ts';
import { EigenfleetError, messageOf } from '../../shared/errors.ts';
import { mostFileBytes, readRegularFile } from '../../shared/host/regular-file.ts';
import { traitsOf } from '../../shared/run/task-traits.ts';
import type { ActivationLayer } from '../eigen-cam/eigen-cam-graph.ts';
import type { FoundEvidence } from '../evidence/evidence-source.ts';
import type { ModelOverrides } from '../metadata/ultralytics-metadata.ts';
import { decodeOnnx } from '../onnx/onnx-file.ts';
import { type TensorInfo, unknownTensor } from '../onnx/tensor-info.ts';
import { findWeights, type ModelWeights } from '../runtime/model-weights.ts';
import { anchorLevels } from './evidence/anchor-levels.ts';
import { findEvidence } from './evidence/find-evidence.ts';
import { defaultFeatures } from './feature-layers.ts';
import { withFittingRect } from './fitting-rect.ts';
import { assertLayersFit } from './layer-check.ts';
import { layerShapeOf, noGrid, readTensorInfos } from './layer-shapes.ts';
import { measuredOutputs } from './measured-outputs.ts';
import { type LayerChoice, resolveTargetLayers } from './module-layers.ts';
import { layoutViews, tokenViews } from './token-views.ts';
import { readYoloModel, type YoloModel } from './yolo-model.ts';

export interface LoadOptions {
  readonly overrides?: ModelOverrides;
  /** Layers as the user names them; default: the head's inputs. */
  readonly layers?: readonly string[] | undefined;
}

/** A parsed model file with the layers to explain. Holds no weights. */
export interface LoadedModel {
  readonly path: string;
  readonly sha256: string;
  readonly model: YoloModel;
  readonly layers: readonly ActivationLayer[];
  readonly weights: ModelWeights;
  /** A dataset's components, of each of `layers`, where they are meant instead of each image's own. */
  readonly basis?: readonly LayerBasis[] | undefined;
  /** Where its scores of every class lie on grids. */
  readonly evidence: FoundEvidence;
  /** What the head reads, in its order, where the anchors of its answer are the cells of these; else empty. */
  readonly levels: readonly ActivationLayer[];
}

/** Bytes of a model file. Throws `EigenfleetError('model')` when it is missing or unreadable. */
export async function readModelFile(path: string): Promise<Uint8Array> {
  try {
    return await readRegularFile(path, { mostBytes: mostFileBytes.model });
  } catch (cause) {
    const missing = messageOf(cause).includes('ENOENT');
    const what = missing ? 'does not exist' : `cannot be read (${messageOf(cause)})`;
    throw new EigenfleetError('model', `The model ${path} ${what}: check --model.`, { cause });
  }
}

/**
 * Reads a YOLO ONNX file, and settles its target layers with their shapes. Throws `EigenfleetError` with
 * code `model` for the file and `usage` for missing layers.
 */
export async function loadModel(path: string, options: LoadOptions = {}): Promise<LoadedModel> {
  const bytes = await readModelFile(path);
  const overrides = options.overrides ?? {};
  const name = basename(path);
  const file = decodeOnnx(bytes, name);
  const weights = await findWeights(path, file.externalFiles);
  const outputs = await measuredOutputs(bytes, { name, overrides, ...weights });
  const read = readYoloModel(bytes, { name, overrides, outputs });
  const features =
    options.layers === undefined ? await defaultFeatures(bytes, read, weights) : undefined;
  const choices = resolveTargetLayers(read, options.layers ?? features?.tensors);
  const tensors = choices.map(({ tensor }) => tensor);
  const views = await tokenViews(bytes, read, tensors, weights);
  const turned = await layoutViews(bytes, read, tensors, weights);
  const model = { ...read, views: { ...read.views, ...views, ...turned } };
  const layers = await withShapes(bytes, model, choices, weights);
  if (options.layers === undefined && traitsOf(model.task).findsObjects) {
    assertLayersFit(file.graph, model, layers);
  }
  const levels = await anchorLevels(bytes, model, layers, weights);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const warnings = [...model.warnings, ...(features?.warnings ?? [])];
  const fitting = withFittingRect({ ...model, warnings }, { layers, levels, graph: file.graph });
  const evidence = await findEvidence(bytes, fitting, weights);
  return { path: resolve(path), sha256, model: fitting, layers, levels, weights, evidence };
}

/** Throws `EigenfleetError('usage')` for a layer without a grid that was asked for by itself, and where none of a group has one. */
async function withShapes(
  bytes: Uint8Array,
  model: YoloModel,
  choices: readonly LayerChoice[],
  weights: ModelWeights,
): Promise<ActivationLayer[]> {
  const tensors = choices.map(({ tensor }) => tensor);
  const infos = await readTensorInfos(bytes, model, tensors, weights);
  const layers = choices.flatMap(({ name, tensor, isOptional }) => {
    const info = infos.get(tensor) ?? unknownTensor(tensor);
    const shape = isOfBatch(info, model) ? layerShapeOf(info) : undefined;
    const view = model.views[tensor];
    if (shape !== undefined) return [{ name, tensor, ...shape, ...(view && { view }) }];
    if (isOptional) return [];
    throw noGrid(model, info);
  });
  const [first] = choices;
  if (layers.length === 0 && first !== undefined) throw noGrid(model, unknownTensor(first.tensor));
  return layers;
}

/** Windows of attention stand on the first axis, too. */
function isOfBatch({ shape: [images] }: TensorInfo, { batch }: YoloModel): boolean {
  return typeof images !== 'number' || images === (batch === 'dynamic' ? 1 : batch);
}
