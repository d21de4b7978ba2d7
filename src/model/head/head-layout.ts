import { EigenfleetError } from '../../shared/errors.ts';
import type { Task } from '../../shared/run/task-traits.ts';
import type { UltralyticsMetadata } from '../metadata/ultralytics-metadata.ts';
import type { OnnxFile } from '../onnx/onnx-file.ts';
import { type Dimension, shapeText, type TensorInfo, tensorInfo } from '../onnx/tensor-info.ts';

interface HeadOutput {
  /** Name of the graph output. */
  readonly output: string;
  readonly elemType: 'float32' | 'float16';
}

/**
 * How the first output is laid out (Ultralytics `utils/export`, `utils/nms.py`):
 * `detect` [B, 4 + classes + extra, anchors]: cx, cy, w, h in input pixels, sigmoid scores, then 32 mask coefficients, keypoints or the
 * angle of the other tasks; anchors level by level in the order of the head's inputs, row-major.
 * `nms` [B, rows, 6 + extra]: x1, y1, x2, y2 in input pixels, score, class id, extra; already suppressed, unused rows are zero.
 * `classify` [B, classes]: softmax probabilities.
 */
export type HeadLayout =
  | (HeadOutput & {
      readonly kind: 'detect';
      readonly classes: number;
      readonly extra: number;
      readonly anchors: number | 'dynamic';
    })
  | (HeadOutput & {
      readonly kind: 'nms';
      readonly rows: number | 'dynamic';
      readonly columns: number;
      readonly extra: number;
      /** `undefined` where only the names could tell. */
      readonly classes: number | undefined;
    })
  | (HeadOutput & { readonly kind: 'classify'; readonly classes: number });

export interface HeadReading {
  readonly task: Task;
  readonly layout: HeadLayout;
  readonly warnings: readonly string[];
}

/**
 * Task and layout of the head, from the shapes of the graph's outputs and, where shapes leave it open, from the metadata. Throws
 * `EigenfleetError('model')` when the outputs are no YOLO head's, or contradict the task.
 */
export function readHead(file: OnnxFile, metadata: UltralyticsMetadata): HeadReading {
  const outputs = file.graph.output.map(tensorInfo);
  const first = outputs[0];
  if (first === undefined) throw noHead(file, outputs);
  const elemType = floatTypeOf(file, first);
  const head = { output: first.name, elemType };
  const inferred = metadata.task === undefined ? inferTask(file, outputs, metadata) : undefined;
  const task = metadata.task ?? inferred;
  if (task === undefined) throw noHead(file, outputs);
  const layout = layoutOf({ file, metadata, task, outputs, head });
  const warnings =
    inferred === undefined
      ? []
      : [`The file names no task; its outputs look like ${inferred}. Say --task if that is wrong.`];
  return { task, layout, warnings };
}

function inferTask(
  file: OnnxFile,
  outputs: readonly TensorInfo[],
  metadata: UltralyticsMetadata,
): Task | undefined {
  const rank = outputs[0]?.shape.length;
  if (rank === 2) return 'classify';
  if (rank !== 3) return undefined;
  if (outputs.some((output) => output.shape.length === 4)) return 'segment';
  if (metadata.keypointShape !== undefined) return 'pose';
  const columns = outputs[0]?.shape[2];
  if (metadata.suppressed && columns !== 6) {
    throw new EigenfleetError(
      'model',
      `${file.name} names no task and its output ${shapeText(outputs[0]?.shape ?? [])} fits several: say which with --task.`,
    );
  }
  return 'detect';
}

interface HeadFacts {
  readonly file: OnnxFile;
  readonly metadata: UltralyticsMetadata;
  readonly task: Task;
  readonly outputs: readonly TensorInfo[];
  readonly head: HeadOutput;
}

function layoutOf(facts: HeadFacts): HeadLayout {
  const { file, outputs, task, head, metadata } = facts;
  const shape = outputs[0]?.shape ?? [];
  if (task === 'classify') {
    const classes = shape[1];
    if (shape.length !== 2 || typeof classes !== 'number') throw contradiction(facts);
    return { ...head, kind: 'classify', classes };
  }
  if (shape.length !== 3) throw contradiction(facts);
  const [, middle = 'dynamic', last = 'dynamic'] = shape;
  const extra = extraChannels(facts);
  if (last === 6 + extra && (metadata.suppressed || isAtLeast(middle, 6 + extra))) {
    const classes = metadata.names?.size;
    return { ...head, kind: 'nms', rows: middle, columns: last, extra, classes };
  }
  if (typeof middle !== 'number' || middle <= 4 + extra) throw contradiction(facts);
  const classes = middle - 4 - extra;
  if (classes !== metadata.names?.size && !isAtLeast(last, middle)) {
    throw new EigenfleetError(
      'model',
      `${file.name} has an output ${shapeText(shape)} of another layout than YOLOv8's [batch, 4 + classes, anchors] (YOLOv5 and RT-DETR differ): export a YOLOv8 or later detection model.`,
    );
  }
  return { ...head, kind: 'detect', classes, extra, anchors: last };
}

function isAtLeast(size: Dimension, least: number): boolean {
  return size === 'dynamic' || size >= least;
}

/** Numbers an anchor carries behind box and class scores. */
function extraChannels({ task, metadata, outputs }: HeadFacts): number {
  if (task === 'obb') return 1;
  if (task === 'pose') {
    const [points, numbers] = metadata.keypointShape ?? [17, 3];
    return points * numbers;
  }
  if (task !== 'segment') return 0;
  const prototypes = outputs.find((output) => output.shape.length === 4)?.shape[1];
  return typeof prototypes === 'number' ? prototypes : 32;
}

function floatTypeOf(file: OnnxFile, output: TensorInfo): 'float32' | 'float16' {
  if (output.elemType === 'float32' || output.elemType === 'float16') return output.elemType;
  throw new EigenfleetError(
    'model',
    `${file.name} answers in ${output.elemType}, not in floating-point numbers: it is no YOLO export that can be explained.`,
  );
}

function contradiction({ file, task, outputs }: HeadFacts): EigenfleetError {
  return new EigenfleetError(
    'model',
    `${file.name} is said to be a ${task} model, but its output ${outputs[0]?.name} is ${shapeText(outputs[0]?.shape ?? [])}: say the right task with --task.`,
  );
}

function noHead(file: OnnxFile, outputs: readonly TensorInfo[]): EigenfleetError {
  const shapes = outputs.map((output) => `${output.name} ${shapeText(output.shape)}`).join(', ');
  return new EigenfleetError(
    'model',
    `${file.name} is no YOLO model: its outputs (${shapes || 'none'}) are neither detections nor class probabilities.`,
  );
}
