import { createHash } from 'node:crypto';
import type { ShardCut } from '../../shared/run/planned-shards.ts';
import type { CutFile } from '../../shared/storage/folder/folder-puts.ts';
import { ByteSpool } from './byte-spool.ts';
import { type LineMark, LineMarks } from './line-marks.ts';
import { planShards, type ShardRange } from './shard-plan.ts';

/** One part of a list that is cut as the shards are, ready to be written. */
export interface ManifestPart {
  readonly shard: number;
  readonly images: number;
  readonly bytes: Uint8Array;
}

/** The parts of a list, in the order of their shards. */
export interface SpooledParts extends AsyncIterable<ManifestPart> {
  /** For a thread that reads and cuts them itself: all of them in a temporary file. */
  inFile?(): Promise<CutFile>;
}

/** Lines, one for each image, that wait in memory or, when they are many, in a temporary file. */
export interface SpooledLines {
  readonly sizeBytes: number;
  /** sha256 over all of them, in order. */
  readonly digest: string;
  lines(): AsyncIterable<string>;
  parts(images: number, cut: ShardCut): SpooledParts;
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

/** One line with its newline, or several in UTF-8. */
export type Lines = string | { readonly bytes: Uint8Array; readonly count: number };

/** Takes lines. A class, and not one more generator: for ten million lines each turn of one costs seconds. */
class LineSpool {
  readonly #spool: ByteSpool;
  readonly #marks = new LineMarks();
  readonly #hash = createHash('sha256');
  readonly #encoder = new TextEncoder();
  #text = '';
  #textLines = 0;
  #lines = 0;
  #sizeBytes = 0;

  constructor({ memoryBytes = usualMemoryBytes }: SpoolOptions = {}) {
    this.#spool = new ByteSpool(memoryBytes);
  }

  /** Bytes are copied. Returns a promise now and then, to wait for before the next lines. */
  add(lines: Lines): Promise<void> | undefined {
    if (typeof lines !== 'string') return this.#append(lines.bytes, lines.count);
    this.#text += lines;
    this.#textLines += 1;
    return this.#text.length < pieceLength ? undefined : this.#encode();
  }

  async finish(): Promise<SpooledLines> {
    await this.#encode();
    const spool = this.#spool;
    return {
      sizeBytes: this.#sizeBytes,
      digest: this.#hash.digest('hex'),
      lines: () => linesOf(spool.read()),
      parts: (images, cut) => this.#cut(() => planShards(images, cut)),
      close: () => spool.close(),
    };
  }

  /** Deletes the temporary file, if there is one. */
  close(): Promise<void> {
    return this.#spool.close();
  }

  #cut(shards: () => Generator<ShardRange, void>): SpooledParts {
    const [spool, marks] = [this.#spool, this.#marks];
    function* ends(): Generator<number> {
      for (const { end } of shards()) yield end;
    }
    return {
      [Symbol.asyncIterator]: () => cutParts(spool.read(), shards(), marks),
      inFile: async () => ({ descriptor: await spool.toFile(), ends: marks.places(ends()) }),
    };
  }

  #encode(): Promise<void> | undefined {
    const bytes = this.#encoder.encode(this.#text);
    const count = this.#textLines;
    this.#text = '';
    this.#textLines = 0;
    return this.#append(bytes, count);
  }

  #append(bytes: Uint8Array, count: number): Promise<void> | undefined {
    this.#hash.update(bytes);
    this.#sizeBytes += bytes.length;
    this.#lines += count;
    this.#marks.note({ line: this.#lines, offset: this.#sizeBytes });
    return this.#spool.append(bytes);
  }
}

/** Reads to the end, making lines of each. Errors pass through, and nothing is left behind. */
export async function spoolLines<Item>(
  items: AsyncIterable<Item>,
  linesOfItem: (item: Item) => Lines,
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
  ranges: Generator<ShardRange, void>,
  marks: LineMarks,
): AsyncGenerator<ManifestPart> {
  const markAt = marks.finder();
  let range = ranges.next().value;
  let pieces: Uint8Array[] = [];
  /** Where the chunk begins, and a line in it or behind it. */
  let base = 0;
  let found: LineMark = { line: 0, offset: 0 };
  for await (const chunk of chunks) {
    let start = 0;
    while (range) {
      const mark = markAt(range.end);
      found = lineIn(chunk, base, mark.line > found.line ? mark : found, range.end);
      const end = found.offset - base;
      if (found.line < range.end || end > chunk.length) break;
      const piece = chunk.subarray(start, end);
      const bytes = pieces.length === 0 ? piece : Buffer.concat([...pieces, piece]);
      yield { shard: range.shard, images: range.end - range.start, bytes };
      start = end;
      pieces = [];
      range = ranges.next().value;
    }
    pieces.push(chunk.subarray(start));
    base += chunk.length;
  }
}

/** Where a line begins, or the last place in a chunk that begins at `base`, and the lines before that. */
function lineIn(chunk: Uint8Array, base: number, from: LineMark, wanted: number): LineMark {
  let { line, offset } = from;
  while (line < wanted && offset < base + chunk.length) {
    const at = chunk.indexOf(10, offset - base);
    offset = at < 0 ? base + chunk.length : base + at + 1;
    if (at >= 0) line += 1;
  }
  return { line, offset };
}
