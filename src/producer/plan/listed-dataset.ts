import { createHash } from 'node:crypto';
import { encodeManifestLine } from '../../shared/run/manifest.ts';
import { isAbsent, type Sample } from '../../shared/run/sample.ts';
import { ByteSpool } from './byte-spool.ts';
import { planShards } from './shard-plan.ts';

/** One manifest part, ready to be written. */
export interface ManifestPart {
  readonly shard: number;
  readonly images: number;
  readonly bytes: Uint8Array;
}

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
  manifests(shardSize: number): AsyncIterable<ManifestPart>;
  /** Deletes the temporary file, if there is one. */
  close(): Promise<void>;
}

export interface AbsentSamples {
  readonly count: number;
  /** Key of the first one; empty when there is none. */
  readonly firstKey: string;
}

export interface ListOptions {
  /** Bytes of manifest lines kept in memory; 16 MiB (about 150,000 images) when absent. */
  readonly memoryBytes?: number;
  /** Called now and then with the images listed so far. */
  readonly onProgress?: (images: number) => void;
}

/** Reads a listing to its end. Errors of the listing pass through, and nothing is left behind. */
export async function listDataset(
  samples: AsyncIterable<Sample>,
  options: ListOptions = {},
): Promise<ListedDataset> {
  const spool = new ByteSpool(options.memoryBytes ?? 16 * 1024 * 1024);
  const hash = createHash('sha256');
  let images = 0;
  let sizeBytes = 0;
  const absent = { count: 0, firstKey: '' };
  try {
    for await (const chunk of inChunks(noting(samples, absent))) {
      images += chunk.images;
      sizeBytes += chunk.sizeBytes;
      hash.update(chunk.lines);
      await spool.append(chunk.lines);
      options.onProgress?.(images);
    }
  } catch (error) {
    await spool.close();
    throw error;
  }
  return {
    images,
    sizeBytes,
    absent,
    digest: hash.digest('hex'),
    manifests: (shardSize) => cutManifests(spool.read(), images, shardSize),
    close: () => spool.close(),
  };
}

async function* noting(
  samples: AsyncIterable<Sample>,
  absent: { count: number; firstKey: string },
): AsyncGenerator<Sample> {
  for await (const sample of samples) {
    if (isAbsent(sample)) {
      absent.firstKey ||= sample.key;
      absent.count += 1;
    }
    yield sample;
  }
}

interface Chunk {
  readonly images: number;
  readonly sizeBytes: number;
  readonly lines: Uint8Array;
}

/** Manifest lines in pieces of about 64 KiB. */
async function* inChunks(samples: AsyncIterable<Sample>): AsyncGenerator<Chunk> {
  const encoder = new TextEncoder();
  let text = '';
  let images = 0;
  let sizeBytes = 0;
  for await (const sample of samples) {
    images += 1;
    sizeBytes += sample.sizeBytes;
    text += encodeManifestLine(sample);
    if (text.length < 65_536) continue;
    yield { images, sizeBytes, lines: encoder.encode(text) };
    text = '';
    images = 0;
    sizeBytes = 0;
  }
  if (images > 0) yield { images, sizeBytes, lines: encoder.encode(text) };
}

/** Cuts a stream of manifest lines after every `shardSize` of them. */
async function* cutManifests(
  chunks: AsyncIterable<Uint8Array>,
  images: number,
  shardSize: number,
): AsyncGenerator<ManifestPart> {
  const ranges = planShards(images, shardSize);
  let range = ranges.next().value;
  let pieces: Uint8Array[] = [];
  let lines = 0;
  for await (const chunk of chunks) {
    let start = 0;
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) {
      lines += 1;
      if (!range || lines < range.end) continue;
      pieces.push(chunk.subarray(start, at + 1));
      yield { shard: range.shard, images: range.end - range.start, bytes: Buffer.concat(pieces) };
      start = at + 1;
      pieces = [];
      range = ranges.next().value;
    }
    pieces.push(chunk.subarray(start));
  }
}
