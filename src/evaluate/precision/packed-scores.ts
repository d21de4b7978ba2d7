import { z } from 'zod';
import { RowScoresWriter, UnpackedScores } from './row-scores.ts';
import type { ScoreTable } from './score-cells.ts';
import {
  codeOf,
  keyOfCode,
  mostRows,
  RunWriter,
  rowKeys,
  rowOf,
  type ScoreRun,
} from './score-run.ts';

/**
 * A table as text: base64 of numbers in bytes of 7 bits, the lowest first, an eighth bit where more follow. An entry is twice the distance of its code from the one
 * before; where one is added, pattern and count follow, else they are 0 and 1. Two to three bytes a candidate.
 */
export const packedScoresSchema = z.object({
  shift: z.number().int().min(0).max(30),
  entries: z.number().int().nonnegative(),
  scores: z.string(),
});
export type PackedScores = z.infer<typeof packedScoresSchema>;

export function packScores({ run, shift }: ScoreTable): PackedScores {
  const { keys, patterns, counts } = run;
  let bytes = Buffer.allocUnsafe(1024);
  let length = 0;
  const put = (value: number) => {
    if (length + 8 > bytes.length) bytes = Buffer.concat([bytes], 2 * bytes.length);
    let rest = value;
    for (; rest >= 128; rest = Math.floor(rest / 128)) bytes[length++] = (rest % 128) + 128;
    bytes[length++] = rest;
  };
  let before = 0;
  for (let i = 0; i < keys.length; i++) {
    const isPlain = patterns[i] === 0 && counts[i] === 1;
    const code = codeOf(keys[i]!, shift);
    put(2 * (code - before) + (isPlain ? 0 : 1));
    before = code;
    if (isPlain) continue;
    put(patterns[i]!);
    put(counts[i]!);
  }
  return { shift, entries: keys.length, scores: bytes.toString('base64', 0, length) };
}

/** A part is checked first and merged then. */
const unpacked = new WeakMap<PackedScores, UnpackedScores>();

/** Throws `RangeError` for text that `packScores` did not make. */
export function unpackScores(packed: PackedScores): UnpackedScores {
  const before = unpacked.get(packed);
  if (before !== undefined) return before;
  const table = unpackText(packed);
  unpacked.set(packed, table);
  return table;
}

/** For packed scores that another thread unpacked: they come without their text. */
export function rememberScores(packed: PackedScores, table: UnpackedScores): void {
  unpacked.set(packed, table);
}

/** Kept between texts: a run of a million images has four thousand of two hundred kilobytes. */
let kept: Buffer = Buffer.alloc(0);

function unpackText({ shift, entries, scores }: PackedScores): UnpackedScores {
  if (kept.length < scores.length) kept = Buffer.alloc(2 * scores.length);
  const length = kept.write(scores, 'base64');
  // An entry takes at least a byte.
  if (entries > length) throw damaged();
  const reader = new NumberReader(kept.subarray(0, length));
  const plain = new RowScoresWriter(entries);
  const others: Others = { keys: [], patterns: [], counts: [] };
  let [code, rowEnd, rowStart] = [0, 0, 0];
  for (let i = 0; i < entries; i++) {
    const step = reader.next();
    const isOther = step % 2 === 1;
    code += (step - (isOther ? 1 : 0)) / 2;
    const key = shift === 0 ? code : keyOfCode(code, shift);
    if (key >= rowEnd) {
      const row = rowOf(key);
      if (row >= mostRows) throw damaged();
      [rowStart, rowEnd] = [row * rowKeys, (row + 1) * rowKeys];
      plain.begin(row);
    }
    if (!isOther) {
      plain.add(key - rowStart);
      continue;
    }
    others.keys.push(key);
    others.patterns.push(reader.next());
    others.counts.push(reader.next());
  }
  if (!reader.isAtEnd) throw damaged();
  return new UnpackedScores({ plain: plain.build(), rest: runOf(others), shift });
}

interface Others {
  readonly keys: number[];
  readonly patterns: number[];
  readonly counts: number[];
}

function runOf({ keys, patterns, counts }: Others): ScoreRun {
  const run = new RunWriter(keys.length);
  for (let i = 0; i < keys.length; i++) run.add(keys[i]!, patterns[i]!, counts[i]!);
  return run.build();
}

class NumberReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  next(): number {
    const bytes = this.#bytes;
    let at = this.#at;
    const first = bytes[at++] ?? noByte;
    let value = first & 127;
    if (first >= 128) {
      // Most numbers have two or three bytes: they fit integers, which doubles do not compare with in time.
      const second = bytes[at++] ?? noByte;
      value |= (second & 127) << 7;
      if (second >= 128) {
        const third = bytes[at++] ?? noByte;
        value |= (third & 127) << 14;
        if (third >= 128) return this.#longFrom(at, value);
      }
    }
    if (at > bytes.length) throw damaged();
    this.#at = at;
    return value;
  }

  /** The rest of a number of more than three bytes. */
  #longFrom(from: number, low: number): number {
    const bytes = this.#bytes;
    let [at, value, byte] = [from, low, noByte];
    for (let unit = 2 ** 21; byte >= 128; unit *= 128) {
      byte = bytes[at++] ?? noByte;
      if (byte === noByte || unit > longest) throw damaged();
      value += (byte & 127) * unit;
    }
    this.#at = at;
    return value;
  }
}

const noByte = 256;

/** Numbers stay below 2^54. */
const longest = 2 ** 49;

function damaged(): RangeError {
  return new RangeError('Expected packed scores, received other text.');
}
