import { EigenfleetError } from '../../shared/errors.ts';
import { isAbsent, type Sample } from '../../shared/run/sample.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';
import { openStore, type StoreOptions } from '../../shared/storage/open-store.ts';
import { createKeyFilter, type KeyFilter } from './key-filter.ts';
import { oddityOf } from './line-spellings.ts';
import { openListing } from './open-listing.ts';
import {
  createTally,
  type FileTally,
  type SampleListing,
  type SamplePage,
  type SourceKind,
} from './sample-listing.ts';

export interface ImageSourceRequest extends KeyFilter {
  /** A folder, an image, a pattern, a text list (`.txt`) or a YOLO `data.yaml`; a path or an s3:// address. */
  readonly source: string;
  /** Split of a data.yaml (`val` when absent), or of a folder that has a folder for each split. */
  readonly split?: string;
  /** At most this many, the first ones in the order of the keys. */
  readonly limit?: number;
  /** Ultralytics' `datasets_dir` setting. */
  readonly datasetsDir?: string;
  readonly storage?: StoreOptions;
}

/** Images below one root, in the order in which S3 would list them. */
export interface ImageSource {
  readonly kind: SourceKind;
  /** As the person said it. */
  readonly source: string;
  readonly rootPath: string;
  /** Root of the keys: `file:///...` or `s3://...`. */
  readonly rootUri: string;
  readonly description: string;
  readonly datasetName: string;
  /** By class id, from a data.yaml. */
  readonly classNames?: readonly string[];
  /** From a data.yaml: keypoints of a label and numbers for each. */
  readonly keypointShape?: readonly [number, number];
  /** From a data.yaml: how far people disagree about each keypoint. */
  readonly keypointSigmas?: readonly number[];
  /** Whether files with this extension (lower case, no dot) were among those that were listed so far. */
  hasSeen(extension: string): boolean;
  /**
   * Sorted by the UTF-8 bytes of the key. May be read again.
   *
   * @throws EigenfleetError `dataset` at the end when there was no image; the message says what was found.
   */
  pages(): AsyncIterable<SamplePage>;
  /** The same one by one, where they are few or each takes longer than to pass it on. */
  samples(): AsyncIterable<Sample>;
}

/** What is known of images without listing them. */
export type ImagePlace = Omit<ImageSource, 'pages' | 'samples'>;

/**
 * Opens the source given to `--images`. Lists nothing yet.
 *
 * @throws EigenfleetError `dataset` when it is missing or of no known kind, `usage` for a split of a source that has none.
 */
export async function openImageSource(request: ImageSourceRequest): Promise<ImageSource> {
  const listing = await openListing(request);
  const store = openStore(listing.rootPath, request.storage);
  const { kind, rootPath, description, datasetName } = listing;
  const { classNames, keypointShape, keypointSigmas } = listing;
  const tally = createTally();
  const pages = () => {
    tally.extensions.clear();
    tally.files = 0;
    return chosenPages(listing, { store, tally }, request);
  };
  return {
    kind,
    source: request.source,
    rootPath,
    rootUri: store.uri,
    description,
    datasetName,
    ...(classNames === undefined ? {} : { classNames }),
    ...(keypointShape === undefined ? {} : { keypointShape }),
    ...(keypointSigmas === undefined ? {} : { keypointSigmas }),
    hasSeen: (extension) => tally.extensions.has(extension),
    pages,
    samples: () => samplesOf(pages()),
  };
}

async function* samplesOf(pages: AsyncIterable<SamplePage>): AsyncGenerator<Sample> {
  for await (const page of pages) yield* page;
}

async function* chosenPages(
  listing: SampleListing,
  { store, tally }: { readonly store: ObjectStore; readonly tally: FileTally },
  request: ImageSourceRequest,
): AsyncGenerator<SamplePage> {
  const passes = createKeyFilter(request);
  const limit = request.limit ?? Number.POSITIVE_INFINITY;
  let images = 0;
  let chosen = 0;
  let absent = 0;
  let first = '';
  for await (const page of listing.pages(store, tally)) {
    images += page.length;
    const passing = page.filter(({ key }) => passes(key));
    const taken = passing.slice(0, limit - chosen);
    chosen += taken.length;
    for (const sample of taken) {
      if (!isAbsent(sample)) continue;
      first ||= sample.key;
      absent += 1;
    }
    if (taken.length > 0) yield taken;
    if (passing.length > taken.length) return;
  }
  if (chosen === 0) throw noImage(listing, tally, images);
  // What was found is there, though it may be a pipe.
  const isNamed = listing.kind !== 'folder' && listing.kind !== 'glob';
  if (absent < chosen || !isNamed) return;
  throw tally.refusal ?? noneThere(listing, chosen, first);
}

/** Shows the first name that was tried: usually all fail for the same reason. */
function noneThere(
  { description, rootPath }: SampleListing,
  images: number,
  first: string,
): EigenfleetError {
  const oddity = oddityOf(first);
  const seen = oddity === undefined ? '' : ` (${oddity})`;
  const none = images === 1 ? 'The image' : `None of the ${images} images`;
  const verb = images === 1 ? 'does not exist' : 'exists';
  return new EigenfleetError(
    'dataset',
    `${none} that ${description} names ${verb}; the first path that was tried is "${first}"${seen} in ${rootPath}. Correct the paths in it.`,
  );
}

function noImage(listing: SampleListing, tally: FileTally, images: number): EigenfleetError {
  const { description, rootPath } = listing;
  if (images > 0) {
    return new EigenfleetError(
      'dataset',
      `None of the ${images} images of ${description} passes --include and --exclude. Patterns are matched against paths relative to ${rootPath}, or against the name when they hold no slash.`,
    );
  }
  if (tally.files === 0) {
    return new EigenfleetError(
      'dataset',
      `There is no file in ${description}. Check --images; hidden files are skipped${/^s3:..+\/\//.test(description) ? ', and a double slash is part of S3 keys' : ''}.`,
    );
  }
  return new EigenfleetError(
    'dataset',
    `There is no image among the ${tally.files} files of ${description} (${extensionsSeen(tally)}). Images end in .jpg, .png, .webp, .tif, .gif, .avif, .heic, .jp2 or .bmp.`,
  );
}

/** The most frequent extensions, such as `12 .txt, 3 .csv`. */
function extensionsSeen(tally: FileTally): string {
  return [...tally.extensions]
    .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    .slice(0, 5)
    .map(
      ([extension, files]) =>
        `${files} ${extension === '' ? 'without extension' : `.${extension}`}`,
    )
    .join(', ');
}
