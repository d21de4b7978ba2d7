/** One prepared image: planar RGB [3, inputHeight, inputWidth] and, per target layer, the content mask [gridHeight * gridWidth]. */
export interface InferenceInput {
  readonly pixels: Uint8Array<ArrayBuffer>;
  readonly masks: readonly Float32Array<ArrayBuffer>[];
}

/**
 * What the augmented graph gives for one layer of one image; w columns, N = gridHeight * gridWidth cells.
 * Notation of `docs/architecture.md`: P = Q^T X, S = Q^T Q, R = (G Q)^T (G Q).
 */
export interface LayerOutput {
  /** P, [w, N]. */
  readonly projections: Float32Array<ArrayBuffer>;
  /** S, [w, w]. */
  readonly gram: Float32Array<ArrayBuffer>;
  /** R, [w, w]. */
  readonly residual: Float32Array<ArrayBuffer>;
  /** Sum of all eigenvalues of X X^T. */
  readonly trace: number;
  /** L2 norm of the activations over the channels, [N]. */
  readonly norm: Float32Array<ArrayBuffer>;
}

/** What the augmented graph gives for one image. */
export interface InferenceOutput {
  readonly layers: readonly LayerOutput[];
  readonly head: HeadOutput;
}

export type HeadOutput =
  /** boxes [4, anchors] as cx, cy, w, h in input pixels; best class and its score per anchor. */
  | {
      readonly kind: 'detect';
      readonly boxes: Float32Array<ArrayBuffer>;
      readonly scores: Float32Array<ArrayBuffer>;
      readonly classIds: Int32Array<ArrayBuffer>;
    }
  /** rows [n, 6]: x1, y1, x2, y2 in input pixels, score, class id; zero rows at the end. */
  | { readonly kind: 'nms'; readonly rows: Float32Array<ArrayBuffer> }
  /** Probability by class id. */
  | { readonly kind: 'classify'; readonly probabilities: Float32Array<ArrayBuffer> };

/** The device's side of a worker. One implementation runs ONNX Runtime in a thread; the bench has one that answers at once. */
export interface Inference {
  /** The device that really runs the model, such as `cpu` or `webgpu`. */
  readonly device: string;
  /** Images a call at most. */
  readonly batch: number;
  /** Answers for 1 to `batch` images, in their order. The inputs' buffers are taken over. */
  infer(inputs: readonly InferenceInput[]): Promise<readonly InferenceOutput[]>;
  close(): Promise<void>;
}
