import { stat } from 'node:fs/promises';
import path from 'node:path';
import { EigenfleetError } from '../../shared/errors.ts';
import type { Sample } from '../../shared/run/sample.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';
import { compareUtf8 } from '../../shared/storage/utf8-order.ts';
import { type DataYaml, datasetRoots, readDataYaml } from './data-yaml.ts';
import { datasetNameOf, withSplit } from './dataset-name.ts';
import { hasImageExtension } from './image-extensions.ts';
import { commonRoot, prefixOfFolder, sortedKeys } from './key-path.ts';
import {
  type FileTally,
  imagesBelow,
  namedSamples,
  type SampleListing,
  type SamplePage,
} from './sample-listing.ts';
import { readImageList } from './source-list.ts';
import { splitAliases } from './source-split.ts';

export interface DataYamlRequest {
  readonly file: string;
  /** `val` when absent. */
  readonly split?: string;
  /** Ultralytics' `datasets_dir` setting. */
  readonly datasetsDir?: string;
}

/** One entry of a split, resolved: a folder, or a list's files. */
export type SplitPart = { readonly folder: string } | { readonly files: readonly string[] };

/**
 * One split of a YOLO dataset file: folders, text lists, or several of them. Keys are relative to the dataset's root, so that
 * `images/` stays in them and labels can be found.
 *
 * @throws EigenfleetError `dataset` when the file, its root, the split or what it names is missing.
 */
export async function listDataYaml(request: DataYamlRequest): Promise<SampleListing> {
  const data = await readDataYaml(request.file);
  const split = chooseSplit(data, request.split ?? 'val');
  const { root, parts } = await resolveSplit(data, split, request.datasetsDir);
  const rootPath = commonRoot(root, parts.flatMap(anchorsOf));
  return {
    kind: 'data-yaml',
    rootPath,
    description: `split ${split} of ${request.file}`,
    datasetName: withSplit(nameOfDataYaml(request.file), split),
    ...(data.classNames ? { classNames: data.classNames } : {}),
    ...(data.keypointShape ? { keypointShape: data.keypointShape } : {}),
    ...(data.keypointSigmas ? { keypointSigmas: data.keypointSigmas } : {}),
    pages: (store, tally) => pagesOfParts({ rootPath, parts, rules }, store, tally),
  };
}

/** Returns the file's own name of the requested split. Throws `dataset` when there is none. */
export function chooseSplit(data: DataYaml, wanted: string): string {
  const name = splitAliases(wanted).find((alias) => data.splits.has(alias));
  if (name !== undefined) return name;
  const there = [...data.splits.keys()];
  throw new EigenfleetError(
    'dataset',
    there.length === 0
      ? `${data.file} has no split (train, val, test). Add one, or give --images a folder.`
      : `${data.file} has no split "${wanted}"; it has ${there.join(', ')}. Choose with --split.`,
  );
}

const rules: KeyRules = { prefixOfFolder, sortedKeys };

interface ResolvedSplit {
  readonly root: string;
  readonly parts: readonly SplitPart[];
}

/** The first root below which all of a split exists: `path: .` is a folder from anywhere, but rarely the right one. */
async function resolveSplit(
  data: DataYaml,
  split: string,
  datasetsDir: string | undefined,
): Promise<ResolvedSplit> {
  const entries = data.splits.get(split) ?? [];
  const lookedFor: string[] = [];
  for (const root of await datasetRoots(data, datasetsDir)) {
    const parts: SplitPart[] = [];
    for (const entry of entries) {
      const candidates = candidatesOf(root, entry);
      const part = await findPart(candidates).catch((cause: unknown) => {
        throw inSplit(cause, split, data.file);
      });
      if (part === undefined) lookedFor.push(...candidates);
      else parts.push(part);
    }
    if (parts.length === entries.length) return { root, parts };
  }
  throw new EigenfleetError(
    'dataset',
    `Split ${split} of ${data.file} names ${entries.join(', ')}, which does not exist; looked for ${lookedFor.join(', ')}. Correct path: or ${split}: in the file.`,
  );
}

/** Roboflow writes `../valid/images` for folders that lie beside the file: tried without `../` when it is not there. */
function candidatesOf(root: string, entry: string): string[] {
  const asWritten = path.resolve(root, entry);
  return /^\.\.[\\/]/.test(entry) ? [asWritten, path.resolve(root, entry.slice(3))] : [asWritten];
}

/** A folder, an image, or, as Ultralytics has it, any other file as a list. */
async function findPart(candidates: readonly string[]): Promise<SplitPart | undefined> {
  for (const candidate of candidates) {
    const info = await stat(candidate).catch(() => undefined);
    if (info === undefined) continue;
    if (info.isDirectory()) return { folder: candidate };
    if (info.isFile() && hasImageExtension(candidate)) return { files: [candidate] };
    return { files: await readImageList(candidate) };
  }
  return undefined;
}

/** Names the split that a list was read for. */
export function inSplit(cause: unknown, split: string, file: string): unknown {
  if (!(cause instanceof EigenfleetError)) return cause;
  return new EigenfleetError(cause.code, `Split ${split} of ${file}: ${cause.message}`, { cause });
}

/** Something below every place that a part reaches, to find the common root by. */
export function anchorsOf(part: SplitPart): readonly string[] {
  return 'folder' in part ? [path.join(part.folder, 'image')] : part.files;
}

/** How paths become keys: on a disk, or in a bucket. */
export interface KeyRules {
  /** The start of the keys of a folder at or below the root. */
  prefixOfFolder(root: string, folder: string): string;
  /** Keys of files below the root, each once, in order. */
  sortedKeys(root: string, files: Iterable<string>): string[];
}

export interface SplitParts {
  readonly rootPath: string;
  readonly parts: readonly SplitPart[];
  readonly rules: KeyRules;
}

/** The samples of a split's parts, which lie below `rootPath`. A single folder streams; several parts are joined, each image once. */
export async function* pagesOfParts(
  { rootPath, parts, rules }: SplitParts,
  store: ObjectStore,
  tally: FileTally,
): AsyncGenerator<SamplePage> {
  const found = new Map<string, Sample>();
  for (const part of parts) {
    const prefix = 'folder' in part ? rules.prefixOfFolder(rootPath, part.folder) : '';
    const pages =
      'folder' in part
        ? imagesBelow(prefix, store.list(prefix), tally)
        : namedSamples(store, rules.sortedKeys(rootPath, part.files), tally);
    if (parts.length === 1) yield* pages;
    else for await (const page of pages) for (const sample of page) found.set(sample.key, sample);
  }
  if (found.size > 0) yield [...found.values()].sort((a, b) => compareUtf8(a.key, b.key));
}

/** `data.yaml` is called after its folder, any other file after itself. */
export function nameOfDataYaml(file: string): string {
  const stem = path.parse(file).name;
  return /^(?:data|dataset)$/i.test(stem) ? datasetNameOf(path.dirname(file)) : stem;
}
