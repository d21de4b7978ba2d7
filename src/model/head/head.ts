import { EigenfleetError } from '../../shared/errors.ts';
import type { SampleCandidates } from '../../shared/run/candidates.ts';
import type { ClassScore, Detection } from '../../shared/run/detection.ts';
import type { InputSize, LetterboxGeometry } from '../../shared/run/letterbox-geometry.ts';
import type { InputPreparation, Task } from '../../shared/run/task-traits.ts';
import type { UltralyticsMetadata } from '../metadata/ultralytics-metadata.ts';
import { elementTypes } from '../onnx/element-types.ts';
import { foreignOutputs } from '../onnx/foreign-outputs.ts';
import type { GraphBuilder } from '../onnx/graph-builder.ts';
import type { OnnxFile } from '../onnx/onnx-file.ts';
import type { TensorInfo } from '../onnx/tensor-info.ts';

/** An output of the graph. */
export interface HeadOutput {
  /** Its name. */
  readonly output: string;
  readonly elemType: 'float32' | 'float16';
}

/** The properties that identify a head. */
export interface HeadFacts {
  readonly file: OnnxFile;
  readonly metadata: UltralyticsMetadata;
  readonly task: Task;
  readonly outputs: readonly TensorInfo[];
  readonly head: HeadOutput;
}

/** Thresholds as Ultralytics' `predict` has them: conf 0.25, iou 0.7, max_det 300 are its defaults. */
export interface DetectionRules {
  /** A box is kept when its score is above this. */
  readonly confThreshold: number;
  readonly iouThreshold: number;
  readonly maxDetections: number;
}

/** What the model found in one image. */
export interface Findings {
  /** Best first. */
  readonly detections: readonly Detection[];
  /** Of each detection, its index among the anchors of the answer. */
  readonly anchors?: readonly number[];
  /** Of each detection, its index among the finished rows of the answer. */
  readonly rows?: readonly number[];
  /** Best first, at most five. */
  readonly classScores: readonly ClassScore[];
}

/** A detection, and its index among the anchors of the answer, or among its finished rows. */
export interface PlacedDetection {
  readonly detection: Detection;
  readonly place: number;
}

export function anchoredFindings(found: readonly PlacedDetection[]): Findings {
  return { detections: detectionsOf(found), anchors: placesOf(found), classScores: [] };
}

export function rowFindings(found: readonly PlacedDetection[]): Findings {
  return { detections: detectionsOf(found), rows: placesOf(found), classScores: [] };
}

function detectionsOf(found: readonly PlacedDetection[]): Detection[] {
  return found.map(({ detection }) => detection);
}

function placesOf(found: readonly PlacedDetection[]): number[] {
  return found.map(({ place }) => place);
}

export type HeadArray = Float32Array | Int32Array;

/** A layout begins with this; without an output where none is read. Plain data: it crosses threads. */
export type AnyLayout = Partial<HeadOutput> & {
  readonly kind: string;
  /** `undefined` where only the names could tell. */
  readonly classes: number | undefined;
};

/** A head's outputs of the graph, for a batch or for one of its images. Plain data: it crosses threads. */
export interface AnyAnswer {
  readonly kind: string;
  readonly arrays: Readonly<Record<string, HeadArray | undefined>>;
}

/** An answer before it is computed: the names of the graph's output tensors. */
export type TensorsOf<Answer> = Answer extends AnyAnswer
  ? Omit<Answer, 'arrays'> & {
      readonly tensors: { readonly [Name in keyof Answer['arrays']]: string };
    }
  : never;

export interface HeadPlan {
  /** Every class score of an anchor leaves the graph instead of only the best. */
  readonly allScores?: boolean | undefined;
  /** Every class score leaves the graph beside what `decode` reads, which stays the same to the bit. */
  readonly candidates?: boolean | undefined;
}

/** What candidates are taken for, besides the rules of `candidateRules`. */
export interface CandidatePlan {
  /** Pixels of the model's input as this image took it. */
  readonly input: InputSize;
  /** Most that an image keeps. */
  readonly maxDetections: number;
}

/** One kind of model output: how it is recognized, what it adds to the graph, and what its numbers mean. The registry is `heads.ts`. */
export interface Head<Layout extends AnyLayout, Answer extends AnyAnswer> {
  /** How its images are prepared, where that is not its task's way. */
  readonly preparation?: InputPreparation;
  /** `undefined` when the outputs have another layout. Throws `EigenfleetError('model')` when they are unreadable. */
  layoutOf(facts: HeadFacts): Layout | undefined;
  /** One line for people, without a period at the end. */
  describe(layout: Layout): string;
  /** Whether a box may be found in several classes, where that is asked for (`HeadPlan.allScores`). */
  hasAllScores?(metadata: UltralyticsMetadata): boolean;
  /** Other outputs of the graph that it reads. */
  moreOutputs?(layout: Layout): readonly string[];
  /** Appends what reduces the output to what `decode` needs. `output`: the float32 tensor of the layout's output. */
  addTo(graph: GraphBuilder, layout: Layout, output: string, plan: HeadPlan): TensorsOf<Answer>;
  /** Returns why the answer for one image is unusable, as a phrase; `undefined` when it can be decoded. */
  faultOf(answer: Answer, rules: Pick<DetectionRules, 'confThreshold'>): string | undefined;
  /** One image's answer, in pixels of the original image. */
  decode(answer: Answer, geometry: LetterboxGeometry, rules: DetectionRules): Findings;
  /** What average precision is taken over, from one image's answer of a graph with `HeadPlan.candidates`. Absent: the answer has no objects. */
  candidates?(answer: Answer, plan: CandidatePlan): SampleCandidates;
}

export function notFinite(what: string): string {
  return `the model's ${what} are not finite numbers`;
}

/** Advice behind an error about outputs: for maps nothing of them needs to be understood. */
export const withoutAnswer =
  'With --task none any vision model is explained, without boxes or classes.';

/** What is thrown about outputs that another tool laid out; `undefined` where none is recognized. */
export function foreignAnswer({ file, metadata, outputs }: HeadFacts): EigenfleetError | undefined {
  const what = foreignOutputs(outputs, metadata.names?.size ?? 0);
  if (what === undefined) return undefined;
  const sentence = `${file.name} ${what}: export it as Ultralytics does. ${withoutAnswer}`;
  return new EigenfleetError('model', sentence);
}

/** An output of the file as a float32 tensor. */
export function inFloat32(graph: GraphBuilder, { output, elemType }: HeadOutput): string {
  if (elemType === 'float32') return output;
  return graph.op('Cast', [output], { to: elementTypes.float32 });
}
