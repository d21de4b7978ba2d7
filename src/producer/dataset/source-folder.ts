import { stat } from 'node:fs/promises';
import path from 'node:path';
import { datasetNameOf } from './dataset-name.ts';
import { prefixOfFolder } from './key-path.ts';
import { imagesBelow, namedSamples, type SampleListing } from './sample-listing.ts';
import { splitFolders } from './source-split.ts';

/** All images below a folder; with `part`, a folder in it, only those below that, under keys that keep its name. */
export function listFolder(folder: string, part = folder): SampleListing {
  const prefix = prefixOfFolder(folder, part);
  return {
    kind: 'folder',
    rootPath: folder,
    description: `folder ${part}`,
    datasetName: datasetNameOf(part),
    pages: (store, tally) => imagesBelow(prefix, store.list(prefix), tally),
  };
}

/** One image: its folder is the root. */
export function listOneImage(file: string): SampleListing {
  return {
    kind: 'image',
    rootPath: path.dirname(file),
    description: `image ${file}`,
    datasetName: path.parse(file).name,
    pages: (store, tally) => namedSamples(store, [path.basename(file)], tally),
  };
}

/** The part of a folder that a split names; `undefined` when there is none. */
export async function findSplitFolder(folder: string, split: string): Promise<string | undefined> {
  for (const name of splitFolders(split)) {
    const candidate = path.join(folder, name);
    if (await isFolder(candidate)) return candidate;
  }
  return undefined;
}

export async function isFolder(file: string): Promise<boolean> {
  return stat(file).then(
    (info) => info.isDirectory(),
    () => false,
  );
}
