import { traitsOf } from '../../shared/run/task-traits.ts';
import { hasOpenOutputs } from '../head/read-head.ts';
import { readInput } from '../input/model-input.ts';
import { type ModelOverrides, readMetadata } from '../metadata/ultralytics-metadata.ts';
import { decodeOnnx } from '../onnx/onnx-file.ts';
import type { TensorInfo } from '../onnx/tensor-info.ts';
import { runtimeInfos, type ShapeOptions } from './runtime-shapes.ts';

/**
 * The graph's outputs at the input's size, by one run, for a file that leaves their sizes open; `undefined` for others, which need none. Throws
 * `EigenfleetError` as `decodeOnnx`, `readInput` and `runtimeInfos` do.
 */
export async function measuredOutputs(
  bytes: Uint8Array,
  { name, overrides = {}, ...options }: { name: string; overrides?: ModelOverrides } & ShapeOptions,
): Promise<readonly TensorInfo[] | undefined> {
  const file = decodeOnnx(bytes, name);
  const metadata = readMetadata(file, overrides);
  const isRead = metadata.task === undefined || traitsOf(metadata.task).answers;
  if (!isRead || !hasOpenOutputs(file)) return undefined;
  const input = readInput(file, metadata, overrides);
  const { opset, externalFiles } = file;
  const outputs = file.graph.output.map((output) => output.name);
  return runtimeInfos(bytes, { ...input, name, opset, externalFiles }, outputs, options);
}
