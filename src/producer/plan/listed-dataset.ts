import { collectOldGarbage } from '../../shared/host/garbage-collection.ts';
import { encodeManifestLines } from '../../shared/run/manifest.ts';
import type { ShardCut } from '../../shared/run/planned-shards.ts';
import { isAbsent, type Sample, sampleSchema } from '../../shared/run/sample.ts';
import type { SamplePage } from '../dataset/sample-listing.ts';
import { type Lines, type SpooledParts, spoolLines } from '../spool/spooled-lines.ts';
import { KeyMixes } from './key-mixes.ts';

/**
 * A dataset listed once. The manifest lines wait in memory, or beyond `memoryBytes` in a temporary file: the run id needs all of
 * them before the first part can be written, and a second listing could differ.
 */
export interface ListedDataset {
  readonly images: number;
  /** Sum of the samples' sizes. */
  readonly sizeBytes: number;
  /** Samples that the listing already marks as unreadable. */
  readonly absent: AbsentSamples;
  /** sha256 over all manifest lines, in order: the same for any shard size. */
  readonly digest: string;
  /** As they were listed; may be read again. */
  samples(): AsyncIterable<Sample>;
  /** `keyMix` of each sample's key, in their order; only where `mixes` was asked for. */
  readonly mixes?: Uint32Array;
  manifests(cut: ShardCut): SpooledParts;
  /** Deletes the temporary file, if there is one. */
  close(): Promise<void>;
}

export interface AbsentSamples {
  readonly count: number;
  /** Key of the first one; empty when there is none. */
  readonly firstKey: string;
}

export interface ListOptions {
  /** Bytes of manifest lines kept in memory; 4 MiB (about 40,000 images) when absent. */
  readonly memoryBytes?: number;
  /** Called now and then with the images listed so far. */
  readonly onProgress?: (images: number) => void;
  /** Keeps `mixes`: 4 bytes an image. */
  readonly mixes?: boolean;
}

/** Images between two looks at how much garbage there is: names that a listing made live just long enough to become old. */
const imagesBetweenLooks = 32_768;
/** Of old objects, before it is collected: half of what shards leave, as a listing makes many and keeps none. */
const mostGarbageBytes = 8 * 2 ** 20;

/** Reads a listing to its end. Errors of the listing pass through, and nothing is left behind. */
export async function listDataset(
  pages: AsyncIterable<SamplePage>,
  options: ListOptions = {},
): Promise<ListedDataset> {
  let images = 0;
  let sizeBytes = 0;
  const mixes = options.mixes ? new KeyMixes() : undefined;
  const absent = { count: 0, firstKey: '' };
  const linesOf = (page: SamplePage): Lines => {
    for (const sample of page) {
      sizeBytes += sample.sizeBytes;
      mixes?.add(sample.key);
      if (!isAbsent(sample)) continue;
      absent.firstKey ||= sample.key;
      absent.count += 1;
    }
    if (images % imagesBetweenLooks > (images + page.length) % imagesBetweenLooks) {
      collectOldGarbage(mostGarbageBytes);
    }
    images += page.length;
    options.onProgress?.(images);
    return { bytes: encodeManifestLines(page), count: page.length };
  };
  const spooled = await spoolLines(pages, linesOf, options);
  return {
    ...{ images, sizeBytes, absent, digest: spooled.digest },
    samples: () => samplesOf(spooled.lines()),
    ...(mixes && { mixes: mixes.finish() }),
    manifests: (cut) => spooled.parts(images, cut),
    close: () => spooled.close(),
  };
}

async function* samplesOf(lines: AsyncIterable<string>): AsyncGenerator<Sample> {
  for await (const line of lines) yield sampleSchema.parse(JSON.parse(line));
}
