import type { ImageOutputs } from '../model/image-outputs.ts';
import type { LetterboxGeometry } from '../shared/letterbox-geometry.ts';

/** One prepared image: planar RGB [3, inputHeight, inputWidth], and where its content lies. */
export interface InferenceInput {
  readonly pixels: Uint8Array<ArrayBuffer>;
  readonly geometry: LetterboxGeometry;
}

/** The device's side of a worker. One implementation runs ONNX Runtime in a thread; the bench has one that answers at once. */
export interface Inference {
  /** The device that really runs the model, such as `cpu` or `webgpu`. */
  readonly device: string;
  /** Images a call at most. */
  readonly batch: number;
  /** Answers for 1 to `batch` images, in their order; arrays own their buffers. The inputs' buffers are taken over. */
  infer(inputs: readonly InferenceInput[]): Promise<readonly ImageOutputs[]>;
  close(): Promise<void>;
}
