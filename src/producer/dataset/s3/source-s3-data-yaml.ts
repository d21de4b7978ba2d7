import { EigenfleetError } from '../../../shared/errors.ts';
import { type DataYaml, parseDataYaml } from '../data-yaml.ts';
import { withSplit } from '../dataset-name.ts';
import { hasImageExtension } from '../image-extensions.ts';
import type { SampleListing } from '../sample-listing.ts';
import {
  anchorsOf,
  chooseSplit,
  inSplit,
  type KeyRules,
  nameOfDataYaml,
  pagesOfParts,
  type SplitPart,
} from '../source-data-yaml.ts';
import type { S3BucketFiles } from './s3-bucket-files.ts';
import { readS3ImageList } from './s3-image-list.ts';
import { commonFolder, folderOf, keysBelow, prefixBelow } from './s3-path.ts';

export interface S3DataYamlRequest {
  readonly files: S3BucketFiles;
  /** Path in the bucket. */
  readonly file: string;
  /** `val` when absent. */
  readonly split?: string | undefined;
}

/**
 * One split of a YOLO dataset file in a bucket. Its `path` is relative to the file's folder; one of somebody's disk leads nowhere, then the
 * folder itself is tried.
 *
 * @throws EigenfleetError `dataset` when the file, the split or what it names is missing.
 */
export async function listS3DataYaml(request: S3DataYamlRequest): Promise<SampleListing> {
  const { files, file } = request;
  const data = parseDataYaml(await files.readText(file), files.uriOf(file));
  const split = chooseSplit(data, request.split ?? 'val');
  const { root, parts } = await resolveSplit(files, data, { file, split });
  const rootPath = commonFolder(root, parts.flatMap(anchorsOf));
  return {
    kind: 'data-yaml',
    rootPath: files.uriOf(rootPath),
    description: `split ${split} of ${files.uriOf(file)}`,
    datasetName: withSplit(nameOfDataYaml(files.uriOf(file).replace(/^s3:\//i, '')), split),
    ...(data.classNames ? { classNames: data.classNames } : {}),
    ...(data.keypointShape ? { keypointShape: data.keypointShape } : {}),
    ...(data.keypointSigmas ? { keypointSigmas: data.keypointSigmas } : {}),
    pages: (store, tally) => pagesOfParts({ rootPath, parts, rules }, store, tally),
  };
}

const rules: KeyRules = { prefixOfFolder: prefixBelow, sortedKeys: keysBelow };

async function resolveSplit(
  files: S3BucketFiles,
  data: DataYaml,
  { file, split }: { readonly file: string; readonly split: string },
): Promise<{ readonly root: string; readonly parts: readonly SplitPart[] }> {
  const own = folderOf(file);
  const entries = data.splits.get(split) ?? [];
  const said = data.path === undefined ? own : files.resolve(own, data.path);
  for (const root of new Set([said, own])) {
    const parts: SplitPart[] = [];
    for (const entry of entries) {
      const part = await findPart(files, root, entry).catch((cause: unknown) => {
        throw inSplit(cause, split, data.file);
      });
      if (part !== undefined) parts.push(part);
    }
    if (parts.length === entries.length) return { root, parts };
  }
  throw new EigenfleetError(
    'dataset',
    `Split ${split} of ${data.file} names ${entries.join(', ')}, which does not exist; looked in ${files.uriOf(said)}. Correct path: or ${split}: in the file.`,
  );
}

/** A list or a prefix. Roboflow writes `../valid/images` for folders that lie beside the file. */
async function findPart(
  files: S3BucketFiles,
  root: string,
  entry: string,
): Promise<SplitPart | undefined> {
  const spellings = entry.startsWith('../') ? [entry, entry.slice(3)] : [entry];
  for (const path of spellings.map((spelling) => files.resolve(root, spelling))) {
    if (await files.isFile(path)) {
      const isImage = hasImageExtension(path);
      return { files: isImage ? [path] : await readS3ImageList(files, path) };
    }
    if (await files.isFolder(path)) return { folder: path };
  }
  return undefined;
}
