import { EigenfleetError } from '../../shared/errors.ts';
import { findsKeypoints, type Task, tasks, traitsOf } from '../../shared/run/task-traits.ts';
import type { UltralyticsMetadata } from '../metadata/ultralytics-metadata.ts';
import type { OnnxFile } from '../onnx/onnx-file.ts';
import { type TensorInfo, tensorInfo } from '../onnx/tensor-info.ts';
import { shapeText } from '../onnx/tensor-shape.ts';
import { foreignAnswer, type HeadFacts, withoutAnswer } from './head.ts';
import { type HeadLayout, headsOfTask } from './heads.ts';
import { hasMoreThanScores } from './score-columns.ts';

export interface HeadReading {
  readonly task: Task;
  readonly layout: HeadLayout;
  readonly warnings: readonly string[];
}

/**
 * Task and layout of the head, from the shapes of the graph's outputs and, where shapes leave it open, from the metadata. Throws
 * `EigenfleetError('model')` when the outputs are not those of a YOLO head, or contradict the task.
 *
 * @param measured the outputs with the sizes of one run, where the file leaves them all open (`hasOpenOutputs`)
 */
export function readHead(
  file: OnnxFile,
  metadata: UltralyticsMetadata,
  measured?: readonly TensorInfo[],
): HeadReading {
  const { task: declared, unknownTask } = metadata;
  if (declared !== undefined && !traitsOf(declared).answers) {
    return { task: declared, layout: { kind: 'none', classes: 0 }, warnings: [] };
  }
  if (unknownTask !== undefined) throw unknown(file, unknownTask);
  const outputs = headFirst(measured ?? file.graph.output.map(tensorInfo));
  const first = outputs[0];
  if (first === undefined) throw noHead(file, outputs);
  const elemType = floatTypeOf(file, first);
  const head = { output: first.name, elemType };
  const inferred = metadata.task === undefined ? inferTask(file, outputs, metadata) : undefined;
  const task = metadata.task ?? inferred;
  if (task === undefined) throw noHead(file, outputs);
  const settled = layoutOf({ file, metadata, task, outputs, head });
  const layout = measured === undefined ? settled : withOpenCount(settled);
  const warnings =
    inferred === undefined
      ? []
      : [`The file names no task; its outputs look like ${inferred}. Set --task if that is wrong.`];
  return { task, layout, warnings: [...warnings, ...logitsWarning(layout)] };
}

function logitsWarning(layout: HeadLayout): string[] {
  return layout.kind === 'classify' && layout.logits
    ? ["The file's answer is before the softmax, which is added: its scores are probabilities."]
    : [];
}

/**
 * A file may leave every size of an output open but the number of images: dynamic exports before Ultralytics 8.3, and those that were not simplified. Then
 * nothing tells box numbers from anchors but a run.
 */
export function hasOpenOutputs(file: OnnxFile): boolean {
  return file.graph.output.map(tensorInfo).some(({ shape }) => {
    return shape.length !== 1 && shape.slice(1).every((size) => size === 'dynamic');
  });
}

/** How many anchors or rows there are depends on the size of the input. */
function withOpenCount(layout: HeadLayout): HeadLayout {
  if ('anchors' in layout) return { ...layout, anchors: 'dynamic' as const };
  return 'rows' in layout ? { ...layout, rows: 'dynamic' as const } : layout;
}

/** Prototypes of masks have four axes, and an exporter may name them first. */
function headFirst(outputs: readonly TensorInfo[]): TensorInfo[] {
  const isHead = ({ shape }: TensorInfo) => shape.length === 2 || shape.length === 3;
  const first = outputs.find(isHead) ?? outputs[0];
  return first === undefined ? [] : [first, ...outputs.filter((output) => output !== first)];
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
  const [, channels, columns] = outputs[0]?.shape ?? [];
  if (!metadata.suppressed && !hasMoreThanScores(file.graph, outputs[0]?.name ?? ''))
    return 'detect';
  if (metadata.suppressed && columns === 6) return 'detect';
  // Boxes, scores, one angle.
  if (!metadata.suppressed && channels === 4 + (metadata.names?.size ?? -1) + 1) return 'obb';
  throw new EigenfleetError(
    'model',
    `${file.name} names no task and its output ${shapeText(outputs[0]?.shape ?? [])} fits several: choose with --task, and name the classes with --names.`,
  );
}

function layoutOf(facts: HeadFacts): HeadLayout {
  for (const head of headsOfTask[facts.task]) {
    const layout = head.layoutOf(facts);
    if (layout === undefined) continue;
    if (layout.kind === 'detect' && hasMoreThanScores(facts.file.graph, facts.head.output)) {
      throw moreThanScores(facts);
    }
    return layout;
  }
  throw foreignAnswer(facts) ?? contradiction(facts);
}

function floatTypeOf(file: OnnxFile, output: TensorInfo): 'float32' | 'float16' {
  if (output.elemType === 'float32' || output.elemType === 'float16') return output.elemType;
  throw new EigenfleetError(
    'model',
    `${file.name} returns ${output.elemType}, not floating-point numbers: it is not a YOLO export that is understood. ${withoutAnswer}`,
  );
}

function contradiction({ file, metadata, task, outputs }: HeadFacts): EigenfleetError {
  // How many numbers are keypoints shows only where the classes are counted.
  const unnamed = findsKeypoints(task) && metadata.names === undefined;
  const advice = unnamed ? 'name the classes with --names, or set' : 'set';
  return new EigenfleetError(
    'model',
    `${file.name} is declared ${/^[aeiou]/.test(task) ? 'an' : 'a'} ${task} model, but its output ${outputs[0]?.name} is ${shapeText(outputs[0]?.shape ?? [])}: ${advice} the right task with --task. ${withoutAnswer}`,
  );
}

/** Read as a detector, the angle or the coefficients would be scores of more classes. */
function moreThanScores({ file, outputs }: HeadFacts): EigenfleetError {
  return new EigenfleetError(
    'model',
    `${file.name} is declared a detect model, but more than class scores follows the boxes of its output ${outputs[0]?.name} ${shapeText(outputs[0]?.shape ?? [])}: set --task to segment, pose or obb. ${withoutAnswer}`,
  );
}

function unknown(file: OnnxFile, task: string): EigenfleetError {
  const known = tasks.filter((one) => traitsOf(one).answers).join(', ');
  return new EigenfleetError(
    'model',
    `${file.name} is declared a ${task.slice(0, 40)} model, which is not understood: set --task if it is one of ${known}. ${withoutAnswer}`,
  );
}

function noHead(file: OnnxFile, outputs: readonly TensorInfo[]): EigenfleetError {
  const shapes = outputs.map((output) => `${output.name} ${shapeText(output.shape)}`).join(', ');
  return new EigenfleetError(
    'model',
    `${file.name} is not a YOLO model: its outputs (${shapes || 'none'}) are neither detections nor class probabilities. ${withoutAnswer}`,
  );
}
