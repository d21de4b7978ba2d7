import type { TensorView } from '../onnx/tensor-view.ts';

/** A grid that classes are scored on. */
export interface EvidenceLevel {
  /** Whose output has it, such as `model.15`. */
  readonly layer: string;
  readonly gridHeight: number;
  readonly gridWidth: number;
}

/** Sigmoid scores of every class at every anchor: the cells of the levels, one level after the other, row by row. */
export interface ScoreSource {
  readonly kind: 'scores';
  /** Of the file. */
  readonly tensor: string;
  readonly classes: number;
  /** [B, classes + others, anchors] if 1, [B, anchors, classes + others] if 2. */
  readonly classAxis: 1 | 2;
  /** Where the classes begin on that axis. */
  readonly start: number;
  /** In the head's order. */
  readonly levels: readonly EvidenceLevel[];
}

/** What a classifier averages over space and multiplies by the weights of its last layer. */
export interface FeatureSource {
  readonly kind: 'features';
  /** Of the file: [B, C, gridHeight, gridWidth] as `view` reads it. */
  readonly tensor: string;
  readonly view?: TensorView | undefined;
  readonly channels: number;
  readonly classes: number;
  /** A constant of the file. */
  readonly weights: string;
  /** [classes, C], or [C, classes]. */
  readonly weightsOrder: 'classes-first' | 'channels-first';
  readonly levels: readonly [EvidenceLevel];
}

/** Where a model says what it scores where. Plain data. */
export type EvidenceSource = ScoreSource | FeatureSource;

/** `reason`: a clause about the model. */
export type FoundEvidence =
  | { readonly status: 'found'; readonly source: EvidenceSource }
  | { readonly status: 'absent'; readonly reason: string };

/** What is asked of it. */
export interface EvidencePlan {
  readonly source: EvidenceSource;
  /** Which classes leave the graph, in this order; absent: all, by id. */
  readonly classIds?: readonly number[] | undefined;
}

/** The graph's answer: for a batch, or for one of its images. Plain data: it crosses threads. */
export interface EvidenceAnswer {
  readonly kind: EvidenceSource['kind'];
  readonly levels: readonly EvidenceLevel[];
  /** Of the rows; absent: all classes by id. */
  readonly classIds?: readonly number[] | undefined;
  /** [B, rows, anchors]: sigmoid scores, or what each cell adds to a classifier's logit (their mean and the bias make it). */
  readonly values: Float32Array;
}
