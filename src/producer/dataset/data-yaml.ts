import path from 'node:path';
import { z } from 'zod';
import { EigenfleetError, messageOf } from '../../shared/errors.ts';
import { mostFileBytes } from '../../shared/host/regular-file.ts';
import { readTextFile } from '../../shared/host/text-file.ts';
import { maxClassId } from '../../shared/run/run-bounds.ts';
import { parseYaml } from '../../shared/settings/parse-yaml.ts';
import { isFolder } from './source-folder.ts';

const splitNames = ['train', 'val', 'test', 'minival'] as const;
const splitValue = z.union([z.string(), z.array(z.string())]).nullish();
const className = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const fileSchema = z.looseObject({
  path: z.string().nullish(),
  train: splitValue,
  val: splitValue,
  validation: splitValue,
  test: splitValue,
  minival: splitValue,
  kpt_shape: z.unknown().optional(),
  kpt_oks_sigmas: z.unknown().optional(),
  names: z.union([z.array(className), z.record(z.string().regex(/^\d+$/), className)]).nullish(),
});

const keypointShape = z.tuple([z.number().int().positive(), z.number().int().min(2).max(3)]);

/** A YOLO dataset file. */
export interface DataYaml {
  readonly file: string;
  /** As written; the file's folder is the root when absent. */
  readonly path?: string;
  /** Split -> folders or lists, as written; splits without a value are absent. */
  readonly splits: ReadonlyMap<string, readonly string[]>;
  /** By class id. */
  readonly classNames?: readonly string[];
  /** `kpt_shape`: keypoints of a label and numbers for each, 2 or 3; absent where it is not such a pair. */
  readonly keypointShape?: readonly [number, number];
  /** `kpt_oks_sigmas`, flat: how far people disagree about each keypoint; absent where it is not numbers, or none. */
  readonly keypointSigmas?: readonly number[];
}

/**
 * Reads a YOLO `data.yaml`.
 *
 * @throws EigenfleetError `dataset` for a file that cannot be read or is not a dataset file.
 */
export async function readDataYaml(file: string): Promise<DataYaml> {
  let text: string;
  try {
    text = await readTextFile(file, mostFileBytes.dataYaml);
  } catch (cause) {
    throw new EigenfleetError('dataset', `${file} cannot be read (${messageOf(cause)}).`, {
      cause,
    });
  }
  return parseDataYaml(text, file);
}

/** Like `readDataYaml`, from the file's text. `file` is its name in errors. */
export function parseDataYaml(text: string, file: string): DataYaml {
  const content = parsedYaml(text, file);
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    throw new EigenfleetError(
      'dataset',
      `${file} is not a YOLO dataset file: it should set path, train, val, test and names, one "name: value" per line.`,
    );
  }
  const parsed = fileSchema.safeParse(content);
  if (!parsed.success) {
    const name = String(parsed.error.issues[0]?.path[0]);
    const wrong = wrongValue(name, (content as Readonly<Record<string, unknown>>)[name]);
    throw new EigenfleetError('dataset', `${file} is not a YOLO dataset file: ${wrong}.`);
  }
  const data = parsed.data;
  const splits = new Map<string, readonly string[]>();
  for (const name of splitNames) {
    const value = name === 'val' ? (data.val ?? data.validation) : data[name];
    const entries = (typeof value === 'string' ? [value] : (value ?? [])).filter(Boolean);
    if (entries.length > 0) splits.set(name, entries);
  }
  const { data: keypoints } = keypointShape.safeParse(data.kpt_shape);
  const sigmas = numbersIn(data.kpt_oks_sigmas);
  return {
    file,
    splits,
    ...(data.path ? { path: data.path } : {}),
    ...(data.names ? { classNames: namesById(data.names, file) } : {}),
    ...(keypoints && { keypointShape: keypoints }),
    ...(sigmas && { keypointSigmas: sigmas }),
  };
}

/**
 * The folders that a dataset file's splits may be relative to, in the order in which they are tried. After Ultralytics
 * (`check_det_dataset`): `path` from the working directory, else from the `datasets_dir` setting, else (ours) from the file's own
 * folder; without `path` the file's folder.
 *
 * @throws EigenfleetError `dataset` when none of them is there.
 */
export async function datasetRoots(data: DataYaml, datasetsDir?: string): Promise<string[]> {
  const own = path.dirname(data.file);
  if (data.path === undefined) return [own];
  const bases = path.isAbsolute(data.path) ? [own] : [process.cwd(), datasetsDir, own];
  const candidates = new Set<string>();
  for (const base of bases) if (base !== undefined) candidates.add(path.resolve(base, data.path));
  const roots: string[] = [];
  for (const candidate of candidates) if (await isFolder(candidate)) roots.push(candidate);
  if (roots.length > 0) return roots;
  throw new EigenfleetError(
    'dataset',
    `The dataset root "${data.path}" of ${data.file} does not exist; looked for ${[...candidates].join(', ')}. Correct path: in the file, or delete that line if the images are beside it.`,
  );
}

/** The numbers of lists in lists, as NumPy's `flatten` has them; `undefined` for anything else, and for none. */
function numbersIn(value: unknown): readonly number[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const flat: unknown[] = value.flat(Number.POSITIVE_INFINITY);
  return flat.length > 0 && flat.every((one) => typeof one === 'number') ? flat : undefined;
}

/** What a value should be, and what it is, if that is short. */
function wrongValue(name: string, value: unknown): string {
  const expected: Readonly<Record<string, string>> = {
    path: 'the folder with the images',
    names: 'a list of class names, or lines of a number and a name such as "0: cat"',
  };
  const should = `${name} should be ${expected[name] ?? 'a folder, a .txt list, or a list of these'}`;
  return typeof value === 'object' ? should : `${should}, not ${String(value)}`;
}

function parsedYaml(text: string, file: string): unknown {
  try {
    return parseYaml(text);
  } catch (cause) {
    throw new EigenfleetError(
      'dataset',
      `${file} cannot be read as YAML (${messageOf(cause).split('\n')[0]}).`,
      { cause },
    );
  }
}

/** Gaps in a mapping keep their number as name. Throws `dataset` for an absurd class id, since each id up to it would be a class. */
function namesById(
  names: readonly string[] | Readonly<Record<string, string>>,
  file: string,
): string[] {
  const entries = Object.entries(names).map(([id, name]) => [Number(id), name as string] as const);
  const byId = new Map(entries);
  const count = entries.reduce((most, [id]) => Math.max(most, id + 1), 0);
  if (count > maxClassId + 1) {
    throw new EigenfleetError(
      'dataset',
      `${file} gives a name to class id ${count - 1}; class ids go up to ${maxClassId}. Correct names: in the file.`,
    );
  }
  return Array.from({ length: count }, (_, id) => byId.get(id) ?? String(id));
}
