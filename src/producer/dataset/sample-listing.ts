import { EigenfleetError } from '../../shared/errors.ts';
import { missingEtag, type Sample } from '../../shared/run/sample.ts';
import {
  type ObjectInfo,
  type ObjectStore,
  unreadableEtag,
} from '../../shared/storage/object-store.ts';
import { extensionOf, hasImageExtension } from './image-extensions.ts';

export type SourceKind = 'folder' | 'image' | 'glob' | 'list' | 'data-yaml';

/** Tally of a listing, for the sentence that says why there is no image. */
export interface FileTally {
  files: number;
  /** Extension (lower case, no dot; empty for none) -> files. */
  readonly extensions: Map<string, number>;
  /** Why the first named file that failed could not be examined. */
  refusal?: EigenfleetError;
}

/** Samples that were listed together, one or more: to pass ten million of them on one by one costs seconds at each step. */
export type SamplePage = readonly Sample[];

/** The images that a person named, below exactly one root. */
export interface SampleListing {
  readonly kind: SourceKind;
  /** Absolute path of the folder that keys are relative to, or its address in S3. */
  readonly rootPath: string;
  /** For people: what was opened. */
  readonly description: string;
  readonly datasetName: string;
  /** By class id, where the source says them. */
  readonly classNames?: readonly string[];
  /** Keypoints of a label and numbers for each, where the source says them. */
  readonly keypointShape?: readonly [number, number];
  /** How far people disagree about each keypoint, where the source says it. */
  readonly keypointSigmas?: readonly number[];
  /** Sorted by the UTF-8 bytes of the key, each key once. Every file seen goes into the tally. */
  pages(store: ObjectStore, tally: FileTally): AsyncIterable<SamplePage>;
}

export function createTally(): FileTally {
  return { files: 0, extensions: new Map() };
}

/** A part that begins with a dot. The parts `.` and `..`, which keys in S3 may have, hide nothing. */
const hidden = /(?:^|\/)(?:\.(?!\.?\/)|__MACOSX\/)/;

/** An overlay of an earlier run (`<runId>/overlays/0000012/0003.jpg`), in case results lie among the images. */
const overlay = /(?:^|\/)[a-z][a-z0-9-]*-[0-9a-f]{12}\/overlays\/\d{7,}\/\d{4,}\.jpg$/;

/** Images of a page: the first are few, as a person may want no more; larger ones outlive the young objects of a small heap. */
const [fewestInPage, mostInPage] = [16, 64];

/**
 * The images of a listing of everything below `prefix`, by extension. Skips hidden files and folders in it, what
 * systems leave behind (`__MACOSX`, `._x.jpg`) and pictures that eigenfleet drew; everything else is counted.
 */
export async function* imagesBelow(
  prefix: string,
  objects: AsyncIterable<ObjectInfo>,
  tally: FileTally,
): AsyncGenerator<SamplePage> {
  let page: Sample[] = [];
  let size = fewestInPage;
  for await (const { key, sizeBytes, etag } of objects) {
    if (hidden.test(key.slice(prefix.length)) || overlay.test(key)) continue;
    countFile(tally, key);
    if (!hasImageExtension(key)) continue;
    page.push({ key, sizeBytes, etag });
    if (page.length < size) continue;
    yield page;
    page = [];
    size = Math.min(2 * size, mostInPage);
  }
  if (page.length > 0) yield page;
}

/** Enough requests at once to hide the latency of a network disk. */
const headBatch = 64;

/** Samples of keys named one by one, in the given order. A missing one keeps its key, with size 0. */
export async function* namedSamples(
  store: ObjectStore,
  keys: readonly string[],
  tally: FileTally,
): AsyncGenerator<SamplePage> {
  for (let start = 0; start < keys.length; start += headBatch) {
    const batch = keys.slice(start, start + headBatch);
    yield await Promise.all(
      batch.map(async (key): Promise<Sample> => {
        const info = await headOf(store, key, tally);
        if (info === 'refused') return { key, sizeBytes: 0, etag: unreadableEtag };
        return { key, sizeBytes: info?.sizeBytes ?? 0, etag: info?.etag ?? missingEtag };
      }),
    );
    for (const key of batch) countFile(tally, key);
  }
}

/** One refused image, or one with an impossible name, does not keep the others from being explained. */
async function headOf(
  store: ObjectStore,
  key: string,
  tally: FileTally,
): Promise<ObjectInfo | 'refused' | undefined> {
  try {
    return await store.head(key);
  } catch (error) {
    if (!(error instanceof EigenfleetError)) throw error;
    tally.refusal ??= error;
    return 'refused';
  }
}

function countFile(tally: FileTally, key: string): void {
  const extension = extensionOf(key);
  tally.files += 1;
  tally.extensions.set(extension, (tally.extensions.get(extension) ?? 0) + 1);
}
