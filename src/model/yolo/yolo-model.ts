import { EigenfleetError } from '../../shared/errors.ts';
import { type InputPreparation, type Task, traitsOf } from '../../shared/run/task-traits.ts';
import { frozenThreshold } from '../head/frozen-threshold.ts';
import { withoutAnswer } from '../head/head.ts';
import { type HeadLayout, headOf } from '../head/heads.ts';
import { readHead } from '../head/read-head.ts';
import { type ModelInput, readInput } from '../input/model-input.ts';
import { rectStrideOf } from '../input/rect-input.ts';
import {
  type ModelOverrides,
  readMetadata,
  type UltralyticsMetadata,
} from '../metadata/ultralytics-metadata.ts';
import { decodeOnnx } from '../onnx/onnx-file.ts';
import type { TensorInfo } from '../onnx/tensor-info.ts';
import { findRewrites, type Rewrites } from '../rewrites/rewrites.ts';
import { findModules, type ModuleGraph } from './module-graph.ts';

/** Everything known about a YOLO ONNX file without running it. Plain data: it may be sent to another thread. */
export interface YoloModel extends ModuleGraph, ModelInput {
  /** The file's name, for messages. */
  readonly name: string;
  readonly sizeBytes: number;
  readonly task: Task;
  /** By class id. A class without a name is `class 7`; empty when neither the file nor the user says how many there are. */
  readonly classNames: readonly string[];
  /** Every image is padded only to a multiple of this; `undefined`: to the whole input. */
  readonly rectStride: number | undefined;
  readonly opset: number;
  readonly headLayout: HeadLayout;
  readonly rewrites: Rewrites;
  /** As `frozenThreshold` finds it. */
  readonly frozenThreshold?: number | null | undefined;
  /** How an image becomes the input. */
  readonly preparation: InputPreparation;
  readonly metadata: UltralyticsMetadata;
  /** `Ultralytics YOLOv8n model trained on ...`, or the file's name. */
  readonly description: string;
  /** Weight files beside the model, relative to its folder. */
  readonly externalFiles: readonly string[];
  /** What was missing or odd and how it was resolved, one sentence each. */
  readonly warnings: readonly string[];
}

export interface ReadOptions {
  /** The file's name, for messages. */
  readonly name: string;
  readonly overrides?: ModelOverrides;
  /** The graph's outputs with sizes that the file leaves open: `measuredOutputs`. */
  readonly outputs?: readonly TensorInfo[] | undefined;
}

/**
 * Reads a YOLO model of any task. Throws `EigenfleetError('model')` for a file that is not ONNX or not a YOLO model, and `EigenfleetError('usage')` for
 * overrides that contradict the file. Names that do not fit the head: `--names` of another length is an error; in a file, missing names become
 * `class 7` and surplus ones are dropped, with a warning, because the head's own number of classes is what the detections use.
 */
export function readYoloModel(
  bytes: Uint8Array,
  { name, overrides = {}, outputs }: ReadOptions,
): YoloModel {
  const file = decodeOnnx(bytes, name);
  const metadata = readMetadata(file, overrides);
  const input = readInput(file, metadata, overrides);
  const { task, layout, warnings } = readHead(file, metadata, outputs);
  const found = findModules(file.graph, input.inputName, task);
  const modules = traitsOf(task).answers ? found : withoutBlocks(found);
  if (!metadata.present && overrides.task === undefined && isAnonymous(modules, task)) {
    throw new EigenfleetError(
      'model',
      `${name} is not a YOLO export: it carries neither Ultralytics metadata nor modules named model.N. If it is one, set --task and --names. ${withoutAnswer}`,
    );
  }
  const preparation = overrides.prepare ?? headOf(layout).preparation ?? traitsOf(task).preparation;
  const names = readClassNames(metadata, layout, { name, given: overrides.names !== undefined });
  return {
    ...modules,
    ...input,
    name,
    sizeBytes: file.sizeBytes,
    task,
    classNames: names.classNames,
    opset: file.opset,
    headLayout: layout,
    rewrites: findRewrites(file),
    frozenThreshold: frozenThreshold(file, layout),
    preparation,
    rectStride: rectStrideOf({ ...input, preparation, metadata }),
    metadata,
    description: metadata.description || name,
    externalFiles: file.externalFiles,
    warnings: [...metadata.warnings, ...warnings, ...names.warnings, ...cpuWarnings(modules)],
  };
}

/** Blocks are found from the head back, and no head is known. Modules that the file names are what they are. */
function withoutBlocks(found: ModuleGraph): ModuleGraph {
  if (found.modulePrefix !== 'block') return found;
  return { ...found, modules: [], headModule: -1, headInputs: [], defaultTargets: [] };
}

function cpuWarnings({ views }: ModuleGraph): string[] {
  return Object.values(views).some(({ kind }) => kind === 'unblock')
    ? [
        'The file was saved by ONNX Runtime at its highest optimization level, for one kind of CPU: on another kind its numbers may be wrong. Use the original export.',
      ]
    : [];
}

/** A graph without names may show a detector's levels; that it pools and classifies, any family's does. */
function isAnonymous({ modules, modulePrefix }: ModuleGraph, task: Task): boolean {
  return modules.length === 0 || (modulePrefix === 'block' && traitsOf(task).classifies);
}

/** Name of a class id, also of one beyond the names that are known. */
export function classNameOf(classNames: readonly string[], classId: number): string {
  return classNames[classId] ?? `class ${classId}`;
}

/** ImageNet-21k has 21,841. */
const mostClasses = 100_000;

function readClassNames(
  metadata: UltralyticsMetadata,
  layout: HeadLayout,
  { name, given }: { name: string; given: boolean },
): { classNames: string[]; warnings: string[] } {
  if (layout.kind === 'none') {
    if (!given) return { classNames: [], warnings: [] };
    const message = `--names names classes, and with --task none no class of ${name} is read: drop it.`;
    throw new EigenfleetError('usage', message);
  }
  const named = metadata.names ?? new Map<number, string>();
  const count = layout.classes ?? [...named.keys()].reduce((most, id) => Math.max(most, id + 1), 0);
  if (count > mostClasses) {
    throw new EigenfleetError(
      'model',
      `${name} declares ${count} classes, over the limit of ${mostClasses}: export the model again.`,
    );
  }
  if (given && named.size !== count) {
    throw new EigenfleetError(
      'usage',
      `--names gives ${named.size} names, but ${name} has ${count} classes: give one name for each, in the order of the class ids.`,
    );
  }
  const classNames = Array.from({ length: count }, (_, id) => named.get(id) ?? `class ${id}`);
  return { classNames, warnings: namingWarnings(named, count) };
}

function namingWarnings(named: ReadonlyMap<number, string>, count: number): string[] {
  const kept = [...named.keys()].filter((id) => id < count).length;
  const dropped = named.size - kept;
  const unnamed = kept === count ? '' : ', the others get the name "class N"';
  const surplus = dropped === 0 ? '' : `, ${dropped} more names were dropped`;
  return unnamed === '' && surplus === ''
    ? []
    : [
        `The file names ${kept} of the ${count} classes of its head${unnamed}${surplus}; see --names.`,
      ];
}
