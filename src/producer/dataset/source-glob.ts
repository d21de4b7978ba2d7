import path from 'node:path';
import picomatch from 'picomatch';
import { EigenfleetError } from '../../shared/errors.ts';
import { readEntries } from '../../shared/storage/folder-listing.ts';
import type { ObjectInfo, ObjectStore } from '../../shared/storage/object-store.ts';
import { compareUtf8 } from '../../shared/storage/utf8-order.ts';
import { datasetNameOf } from './dataset-name.ts';
import { hasImageExtension } from './image-extensions.ts';
import { imagesBelow, namedSamples, type SampleListing } from './sample-listing.ts';
import { isFolder } from './source-folder.ts';

/** Whether a source is a pattern (`*`, `?`, `[...]`, `{a,b}`) rather than a path. */
export function isGlob(source: string): boolean {
  return picomatch.scan(withSlashes(source)).isGlob;
}

/**
 * The images that a pattern matches. The root is the part of it before the first wildcard.
 *
 * @throws EigenfleetError `dataset` when that part is not a folder.
 */
export async function listGlob(pattern: string): Promise<SampleListing> {
  const { base, glob } = picomatch.scan(withSlashes(pattern));
  const rootPath = path.resolve(base.replaceAll(/\\(.)/g, '$1'));
  if (!(await isFolder(rootPath))) {
    throw new EigenfleetError(
      'dataset',
      `The pattern ${pattern} begins in ${rootPath}, which is not a folder. Check --images.`,
    );
  }
  const matches = picomatch(glob);
  // A pattern for one folder must not walk the whole tree below it.
  const isFlat = !/\*\*|[/{(]/.test(glob);
  return {
    kind: 'glob',
    rootPath,
    description: `pattern ${pattern}`,
    datasetName: datasetNameOf(rootPath),
    pages: async function* (store, tally) {
      if (!isFlat) yield* imagesBelow('', matching(store, matches), tally);
      else {
        const entries = await readEntries(rootPath, '');
        const names = entries.map(({ name }) => name).filter((name) => matches(name));
        yield* namedSamples(store, names.filter(hasImageExtension).sort(compareUtf8), tally);
      }
    },
  };
}

async function* matching(
  store: ObjectStore,
  matches: (key: string) => boolean,
): AsyncGenerator<ObjectInfo> {
  for await (const object of store.list('')) if (matches(object.key)) yield object;
}

function withSlashes(pattern: string): string {
  return path.sep === '\\' ? pattern.replaceAll('\\', '/') : pattern;
}
