import { createHash } from 'node:crypto';
import type { ShardCut } from '../../shared/run/planned-shards.ts';
import { ByteSpool } from './byte-spool.ts';
import { planShards } from './shard-plan.ts';

/** One part of a list that is cut as the shards are, ready to be written. */
export interface ManifestPart {
  readonly shard: number;
  readonly images: number;
  readonly bytes: Uint8Array;
}

/** Lines, one for each image, that wait in memory or, when they are many, in a temporary file. */
export interface SpooledLines {
  readonly sizeBytes: number;
  /** sha256 over all of them, in order. */
  readonly digest: string;
  lines(): AsyncIterable<string>;
  parts(images: number, cut: ShardCut): AsyncIterable<ManifestPart>;
  /** Deletes the temporary file, if there is one. */
  close(): Promise<void>;
}

/** Bytes kept in memory: lines of about 150,000 images. */
export const usualMemoryBytes = 16 * 1024 * 1024;

export interface SpoolOptions {
  /** `usualMemoryBytes` when absent. */
  readonly memoryBytes?: number | undefined;
  /** Called now and then with the lines so far. */
  readonly onProgress?: ((lines: number) => void) | undefined;
}

/** Reads lines, each with its newline, to their end. Errors pass through, and nothing is left behind. */
export async function spoolLines(
  lines: AsyncIterable<string>,
  { memoryBytes = usualMemoryBytes, onProgress }: SpoolOptions = {},
): Promise<SpooledLines> {
  const spool = new ByteSpool(memoryBytes);
  const hash = createHash('sha256');
  let count = 0;
  let sizeBytes = 0;
  try {
    for await (const chunk of inChunks(lines)) {
      count += chunk.count;
      sizeBytes += chunk.bytes.length;
      hash.update(chunk.bytes);
      await spool.append(chunk.bytes);
      onProgress?.(count);
    }
  } catch (error) {
    await spool.close();
    throw error;
  }
  return {
    sizeBytes,
    digest: hash.digest('hex'),
    lines: () => linesOf(spool.read()),
    parts: (images, cut) => cutParts(spool.read(), images, cut),
    close: () => spool.close(),
  };
}

/** In pieces of about 64 KiB. */
async function* inChunks(lines: AsyncIterable<string>) {
  const encoder = new TextEncoder();
  let text = '';
  let count = 0;
  for await (const line of lines) {
    count += 1;
    text += line;
    if (text.length < 65_536) continue;
    yield { count, bytes: encoder.encode(text) };
    text = '';
    count = 0;
  }
  if (count > 0) yield { count, bytes: encoder.encode(text) };
}

async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let rest = '';
  for await (const chunk of chunks) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
}

/** Cuts a stream of lines where the shards end. */
async function* cutParts(
  chunks: AsyncIterable<Uint8Array>,
  images: number,
  cut: ShardCut,
): AsyncGenerator<ManifestPart> {
  const ranges = planShards(images, cut);
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
