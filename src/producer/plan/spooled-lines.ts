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

/** Bytes kept in memory: lines of about 40,000 images. */
export const usualMemoryBytes = 4 * 1024 * 1024;

export interface SpoolOptions {
  /** `usualMemoryBytes` when absent. */
  readonly memoryBytes?: number | undefined;
}

/** Characters of lines that are encoded at once, at least; more than 131,072 would be an object that V8 collects late. */
const pieceLength = 65_536;

/** Takes whole lines, each with its newline. A class, and not one more generator: for ten million lines each turn of one costs seconds. */
class LineSpool {
  readonly #spool: ByteSpool;
  readonly #hash = createHash('sha256');
  readonly #encoder = new TextEncoder();
  #text = '';
  #sizeBytes = 0;

  constructor({ memoryBytes = usualMemoryBytes }: SpoolOptions = {}) {
    this.#spool = new ByteSpool(memoryBytes);
  }

  /** Returns a promise now and then, to wait for before the next lines. */
  add(lines: string): Promise<void> | undefined {
    this.#text += lines;
    return this.#text.length < pieceLength ? undefined : this.#write();
  }

  async finish(): Promise<SpooledLines> {
    if (this.#text !== '') await this.#write();
    const spool = this.#spool;
    return {
      sizeBytes: this.#sizeBytes,
      digest: this.#hash.digest('hex'),
      lines: () => linesOf(spool.read()),
      parts: (images, cut) => cutParts(spool.read(), images, cut),
      close: () => spool.close(),
    };
  }

  /** Deletes the temporary file, if there is one. */
  close(): Promise<void> {
    return this.#spool.close();
  }

  async #write(): Promise<void> {
    const bytes = this.#encoder.encode(this.#text);
    this.#text = '';
    this.#sizeBytes += bytes.length;
    this.#hash.update(bytes);
    await this.#spool.append(bytes);
  }
}

/** Reads to the end, making one or more lines, with their newlines, of each. Errors pass through, and nothing is left behind. */
export async function spoolLines<Item>(
  items: AsyncIterable<Item>,
  linesOfItem: (item: Item) => string,
  options: SpoolOptions = {},
): Promise<SpooledLines> {
  const spool = new LineSpool(options);
  try {
    for await (const item of items) {
      const written = spool.add(linesOfItem(item));
      if (written !== undefined) await written;
    }
    return await spool.finish();
  } catch (error) {
    await spool.close();
    throw error;
  }
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
      const piece = chunk.subarray(start, at + 1);
      const bytes = pieces.length === 0 ? piece : Buffer.concat([...pieces, piece]);
      yield { shard: range.shard, images: range.end - range.start, bytes };
      start = at + 1;
      pieces = [];
      range = ranges.next().value;
    }
    pieces.push(chunk.subarray(start));
  }
}
