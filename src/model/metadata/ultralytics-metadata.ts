import { z } from 'zod';
import { EigenfleetError } from '../../shared/errors.ts';
import { maxClassId } from '../../shared/run/run-bounds.ts';
import {
  type InputPreparation,
  type Task,
  tasks,
  unansweredTask,
  unreadTasks,
} from '../../shared/run/task-traits.ts';
import type { OnnxFile } from '../onnx/onnx-file.ts';
import { type PythonValue, parsePythonLiteral } from './python-literal.ts';

/** What a user adds to a file's metadata: `--task`, `--names`, `--imgsz`, `--prepare`, `--rect`. They override the file. */
export interface ModelOverrides {
  readonly task?: Task | undefined;
  /** By class id. */
  readonly names?: readonly string[] | undefined;
  /** Height and width of the input in pixels. */
  readonly imgsz?: readonly [number, number] | undefined;
  readonly prepare?: InputPreparation | undefined;
  /** Pad images of a file of dynamic size to its stride only; default: yes. */
  readonly rect?: boolean | undefined;
}

/** The file's metadata with the overrides; anything may be missing. */
export interface UltralyticsMetadata {
  readonly task: Task | undefined;
  /** What the file calls its task, where that is none of ours and the user names none. */
  readonly unknownTask: string | undefined;
  /** By class id; ids that the file leaves out are not in it. */
  readonly names: ReadonlyMap<number, string> | undefined;
  readonly imgsz: readonly [number, number] | undefined;
  /** `--rect`, `--no-rect`. */
  readonly rect: boolean | undefined;
  /** Of the coarsest level in pixels; 1 in classify exports. */
  readonly stride: number | undefined;
  readonly batch: number | undefined;
  /** Color channels of the input. */
  readonly channels: number | undefined;
  /** Class of the head, as `Detect`. */
  readonly head: string | undefined;
  /** Export arguments; null is Python's None. */
  readonly args: ReadonlyMap<string, PythonValue>;
  /** The graph's own output is already suppressed: exported with `nms=True`, or an end-to-end family. */
  readonly suppressed: boolean;
  /** Keypoints and numbers for each, of a pose model. */
  readonly keypointShape: readonly [number, number] | undefined;
  readonly description: string;
  readonly version: string | undefined;
  readonly license: string | undefined;
  /** True when the file carries any of Ultralytics' keys. */
  readonly present: boolean;
  /** What could not be read, one sentence each. */
  readonly warnings: readonly string[];
}

const positive = z.number().int().positive();
const classId = z.number().int().nonnegative().max(maxClassId);
const className = z.union([z.string(), z.number(), z.boolean()]).transform(String);

const schemas = {
  stride: z
    .union([positive, z.array(positive).min(1)])
    .transform((value) => Math.max(...[value].flat())),
  batch: positive,
  channels: positive,
  imgsz: z.union([
    positive.transform((side): [number, number] => [side, side]),
    z.tuple([positive]).transform(([side]): [number, number] => [side, side]),
    z.tuple([positive, positive]),
  ]),
  names: z.union([
    z.array(className).transform((list) => new Map(list.entries())),
    z.map(
      z.union([
        classId,
        z
          .string()
          .regex(/^\d{1,5}$/)
          .transform(Number),
      ]),
      className,
    ),
  ]),
  args: z.map(z.string(), z.custom<PythonValue>()),
  end2end: z.boolean(),
  kpt_shape: z.tuple([positive, positive]),
} as const;

/**
 * Reads the metadata that Ultralytics writes into an ONNX file. Values are Python literals. A missing or broken value becomes
 * `undefined` (with a warning when broken), never an error; overrides that make no sense throw `EigenfleetError('usage')`.
 */
export function readMetadata(file: OnnxFile, overrides: ModelOverrides = {}): UltralyticsMetadata {
  assertSensible(overrides);
  const warnings: string[] = [];
  const read = <K extends keyof typeof schemas>(key: K) => readValue(file, key, warnings);
  const args = read('args') ?? new Map<string, PythonValue>();
  const names = read('names');
  return {
    ...readTask(file, overrides.task, warnings),
    names: overrides.names === undefined ? names : new Map(overrides.names.entries()),
    imgsz: overrides.imgsz ?? read('imgsz'),
    rect: overrides.rect,
    stride: read('stride'),
    batch: read('batch'),
    channels: read('channels'),
    head: file.metadata.get('head'),
    args,
    suppressed: read('end2end') === true || args.get('nms') === true,
    keypointShape: read('kpt_shape'),
    description: file.metadata.get('description') ?? '',
    version: file.metadata.get('version'),
    license: file.metadata.get('license'),
    present: ['task', 'names', 'stride'].some((key) => file.metadata.has(key)),
    warnings,
  };
}

function assertSensible({ names, imgsz }: ModelOverrides): void {
  if (names?.length === 0) {
    throw new EigenfleetError(
      'usage',
      '--names is empty: give one name per class, as in --names cat,dog.',
    );
  }
  if (imgsz?.some((side) => !Number.isInteger(side) || side < 1)) {
    throw new EigenfleetError(
      'usage',
      `--imgsz must be one or two whole numbers of pixels, as in 640 or 480,640; it is ${imgsz.join(',')}.`,
    );
  }
}

function readTask(
  file: OnnxFile,
  given: Task | undefined,
  warnings: string[],
): Pick<UltralyticsMetadata, 'task' | 'unknownTask'> {
  const text = file.metadata
    .get('task')
    ?.replace(/^[\s'"]+|[\s'"]+$/g, '')
    .toLowerCase();
  if (given !== undefined || !text) return { task: given, unknownTask: undefined };
  const answer = unreadTasks.get(text);
  if (answer === undefined) {
    const task = tasks.find((known) => known === text);
    return { task, unknownTask: task === undefined ? text : undefined };
  }
  warnings.push(
    `The file's task is ${text}, and its answer (${answer}) is not read: it is explained as --task none, by maps without boxes or classes.`,
  );
  return { task: unansweredTask, unknownTask: undefined };
}

function readValue<K extends keyof typeof schemas>(
  file: OnnxFile,
  key: K,
  warnings: string[],
): z.output<(typeof schemas)[K]> | undefined {
  const text = file.metadata.get(key);
  if (text === undefined || text === 'None') return undefined;
  try {
    return schemas[key].parse(parsePythonLiteral(text)) as z.output<(typeof schemas)[K]>;
  } catch (error) {
    warnings.push(`The file's "${key}" could not be read (${reasonOf(error)}) and was ignored.`);
    return undefined;
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof z.ZodError) return 'Ultralytics writes another form';
  return error instanceof Error ? error.message : String(error);
}
