import type { ImageOutputs } from '../../model/session/image-outputs.ts';
import type { BatchSums } from '../../shared/basis/activation-sums.ts';
import type { LetterboxGeometry } from '../../shared/run/letterbox-geometry.ts';

/** By index of a target layer, [C, N]. */
export type Activations = ReadonlyMap<number, Float32Array>;

/** One prepared image: planar [channels, inputHeight, inputWidth] of its geometry, which may be followed by other bytes, and where its content lies. */
export interface InferenceInput {
  readonly pixels: Uint8Array;
  readonly geometry: LetterboxGeometry;
}

export interface InferenceAnswer {
  /** In the order of the inputs; the arrays own their buffers. */
  readonly images: readonly ImageOutputs[];
  /** Time on the device, without waiting. */
  readonly inferMs: number;
}

/** The device's side of a worker. One implementation runs ONNX Runtime in a thread; the bench has one that answers at once. */
export interface Inference {
  /** The device that really runs the model, such as `cpu` or `webgpu`. */
  readonly device: string;
  /** Most images per call. */
  readonly batch: number;
  /** Calls that compute at once; more wait. */
  readonly streams: number;
  /** Answers for 1 to `batch` images of one input size. Buffers that are shared with other threads are only read until then, others are taken over. */
  infer(inputs: readonly InferenceInput[]): Promise<InferenceAnswer>;
  /** Runs the model again for one image: [C, N] of each of the layers, by index, in memory of their own. */
  activations(input: InferenceInput, layers: readonly number[]): Promise<Activations>;
  close(): Promise<void>;
}

/** The device's side of fitting a basis. */
export interface SumsInference extends Pick<Inference, 'device' | 'batch' | 'streams' | 'close'> {
  /** Sums over 1 to `batch` images of one input size, of each target layer. */
  sums(inputs: readonly InferenceInput[]): Promise<readonly BatchSums[]>;
}
