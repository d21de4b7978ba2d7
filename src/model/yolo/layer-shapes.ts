import { create, toBinary } from '@bufbuild/protobuf';
import { ModelProtoSchema } from 'onnx-buf';
import { EigenfleetError, messageOf } from '../../shared/errors.ts';
import { decodeOnnx } from '../onnx/onnx-file.ts';
import { shapeText, type TensorInfo, tensorInfo } from '../onnx/tensor-info.ts';
import { modelFault } from '../runtime/model-fault.ts';
import type { InferenceSession } from '../runtime/onnxruntime.ts';
import type { YoloModel } from './yolo-model.ts';

/** Activations of one layer, [batch, channels, gridHeight, gridWidth], at the run's input size. */
export interface LayerShape {
  readonly channels: number;
  readonly gridHeight: number;
  readonly gridWidth: number;
  readonly elemType: 'float32' | 'float16';
}

export interface ShapeOptions {
  /** The model file's folder: needed only where its weights lie in files beside it. */
  readonly folder?: string | undefined;
}

/**
 * Shapes of layers by tensor name. Throws `EigenfleetError('usage')` for a tensor without a spatial grid (rank other than 4, or a single cell)
 * and `EigenfleetError('model')` when ONNX Runtime cannot load the file.
 */
export async function readLayerShapes(
  bytes: Uint8Array,
  model: YoloModel,
  tensors: readonly string[],
  options: ShapeOptions = {},
): Promise<Map<string, LayerShape>> {
  const infos = await readTensorInfos(bytes, model, tensors, options);
  return new Map(
    [...infos].map(([tensor, info]) => {
      const shape = layerShapeOf(info);
      if (shape === undefined) throw noGrid(model, info);
      return [tensor, shape];
    }),
  );
}

/** `undefined` for a tensor without a spatial grid. */
export function layerShapeOf({ elemType, shape }: TensorInfo): LayerShape | undefined {
  const [, channels, gridHeight, gridWidth] = shape;
  if (shape.length !== 4 || (elemType !== 'float32' && elemType !== 'float16')) return undefined;
  if (typeof channels !== 'number') return undefined;
  if (typeof gridHeight !== 'number' || typeof gridWidth !== 'number') return undefined;
  return gridHeight * gridWidth > 1 ? { channels, gridHeight, gridWidth, elemType } : undefined;
}

/**
 * Element type and shape of tensors inside the graph, at the run's input size. Most files carry them (value_info); else the tensors become
 * outputs and ONNX Runtime is asked; what it gives only as a formula of the input size is measured by one run on a black image.
 */
export async function readTensorInfos(
  bytes: Uint8Array,
  model: YoloModel,
  tensors: readonly string[],
  options: ShapeOptions = {},
): Promise<Map<string, TensorInfo>> {
  const { graph } = decodeOnnx(bytes, model.name);
  const known = new Map<string, TensorInfo>();
  for (const value of [...graph.valueInfo, ...graph.output]) {
    const info = tensorInfo(value);
    if (isStatic(info)) known.set(value.name, info);
  }
  const missing = tensors.filter((tensor) => !known.has(tensor));
  if (missing.length > 0) {
    const outputs = new Set(graph.output.map((output) => output.name));
    const added = missing.filter((tensor) => !outputs.has(tensor));
    const open = { bytes: withOutputs(bytes, added), model, tensors: missing, options };
    for (const [tensor, info] of await askRuntime(open)) known.set(tensor, info);
  }
  return new Map(tensors.map((tensor) => [tensor, known.get(tensor) ?? unknownTensor(tensor)]));
}

/** The batch axis may stay open: nothing depends on it. */
function isStatic({ elemType, shape }: TensorInfo): boolean {
  return elemType !== 'undefined' && shape.length > 0 && !shape.slice(1).includes('dynamic');
}

function unknownTensor(name: string): TensorInfo {
  return { name, elemType: 'undefined', shape: [] };
}

/** ONNX is protobuf, and repeated fields of concatenated messages merge: a tail that names outputs adds them, whatever the file's size. */
function withOutputs(bytes: Uint8Array, tensors: readonly string[]): Uint8Array {
  const output = tensors.map((name) => ({ name }));
  const tail = toBinary(ModelProtoSchema, create(ModelProtoSchema, { graph: { output } }));
  return Buffer.concat([bytes, tail]);
}

interface OpenModel {
  readonly bytes: Uint8Array;
  readonly model: YoloModel;
  readonly tensors: readonly string[];
  readonly options: ShapeOptions;
}

async function askRuntime(open: OpenModel): Promise<Map<string, TensorInfo>> {
  const { model } = open;
  try {
    const session = await openSession(open);
    try {
      const stated = open.tensors.map((tensor) => statedInfo(session, tensor));
      const infos = stated.every(isStatic) ? stated : await measuredInfos(session, open);
      return new Map(infos.map((info) => [info.name, info]));
    } finally {
      await session.release();
    }
  } catch (cause) {
    throw new EigenfleetError('model', loadFailure(model, modelFault(messageOf(cause))), { cause });
  }
}

function loadFailure({ name, externalFiles }: YoloModel, reason: string): string {
  return externalFiles.length > 0
    ? `${name} cannot be loaded: ${reason}. Its weights lie in ${externalFiles.slice(0, 3).join(', ')} beside it: put them there, or export one file.`
    : `${name} cannot be loaded: ${reason}. Export it again with "yolo export format=onnx".`;
}

/** Loaded on demand: most files say their shapes themselves, and the runtime is large. */
async function openSession({ bytes, options }: OpenModel): Promise<InferenceSession> {
  const runtime = await import('../runtime/onnxruntime.ts');
  const folder = options.folder;
  return runtime.InferenceSession.create(bytes, {
    graphOptimizationLevel: 'disabled',
    logSeverityLevel: 4,
    intraOpNumThreads: 1,
    ...(folder === undefined
      ? {}
      : { extra: { session: { model_external_initializers_file_folder_path: folder } } }),
  });
}

function statedInfo(session: InferenceSession, tensor: string): TensorInfo {
  const found = session.outputMetadata.find((output) => output.name === tensor);
  if (!found?.isTensor) return unknownTensor(tensor);
  const shape = found.shape.map((size) =>
    typeof size === 'number' && size > 0 ? size : 'dynamic',
  );
  return { name: tensor, elemType: found.type, shape };
}

async function measuredInfos(session: InferenceSession, open: OpenModel): Promise<TensorInfo[]> {
  const { Tensor } = await import('../runtime/onnxruntime.ts');
  const { model, tensors } = open;
  const batch = model.batch === 'dynamic' ? 1 : model.batch;
  const dims = [batch, 3, model.inputHeight, model.inputWidth];
  const size = dims.reduce((product, side) => product * side, 1);
  const black =
    model.inputElemType === 'float16'
      ? new Tensor('float16', new Uint16Array(size), dims)
      : new Tensor('float32', new Float32Array(size), dims);
  const results = await session.run({ [model.inputName]: black }, [...tensors]);
  return tensors.map((name) => {
    const result = results[name];
    return result ? { name, elemType: result.type, shape: result.dims } : unknownTensor(name);
  });
}

function noGrid(model: YoloModel, { name, elemType, shape }: TensorInfo): EigenfleetError {
  const layer = model.modules.find((module) => module.tensor === name)?.name ?? name;
  return new EigenfleetError(
    'usage',
    `Layer "${layer}" of ${model.name} has no spatial grid of numbers (it is ${elemType} ${shapeText(shape)}): choose a layer that "eigenfleet layers" lists with a grid.`,
  );
}
