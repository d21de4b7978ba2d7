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

function unpackText({ shift, entries, scores }: PackedScores): UnpackedScores {
  const { numbers, count, bytes } = numbersOf(scores);
  // An entry takes at least a byte.
  if (entries > bytes) throw damaged();
  const plain = new RowScoresWriter(entries);
  const { bits } = plain;
  const others: Others = { keys: [], patterns: [], counts: [] };
  let [at, code, rowEnd, rowStart, found] = [0, 0, 0, 0, 0];
  for (let i = 0; i < entries; i++) {
    const step = numbers[at++]!;
    const half = Math.floor(step / 2);
    code += half;
    const key = shift === 0 ? code : keyOfCode(code, shift);
    if (key >= rowEnd) {
      const row = rowOf(key);
      if (!(row < mostRows)) throw damaged();
      [rowStart, rowEnd] = [row * rowKeys, (row + 1) * rowKeys];
      plain.begin(row, found);
    }
    if (step === 2 * half) bits[found++] = key - rowStart;
    else {
      if (at + 2 > count) throw damaged();
      others.keys.push(key);
      others.patterns.push(numbers[at]!);
      others.counts.push(numbers[at + 1]!);
      at += 2;
    }
  }
  if (at !== count) throw damaged();
  return new UnpackedScores({ plain: plain.build(found), rest: runOf(others), shift });
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

/** Kept between texts: a run of a million images has four thousand of two hundred kilobytes. */
let keptBytes: Buffer = Buffer.alloc(0);
let keptNumbers = new Float64Array(0);

/** `numbers` are valid until the next call, `count` of them. A loop of its own: in one with what the numbers mean it takes twice as long. */
function numbersOf(text: string): { numbers: Float64Array; count: number; bytes: number } {
  if (keptBytes.length < text.length + 4) {
    keptBytes = Buffer.alloc(2 * text.length + 4);
    keptNumbers = new Float64Array(2 * text.length);
  }
  const [bytes, numbers] = [keptBytes, keptNumbers];
  const length = bytes.write(text, 'base64');
  // What lies beyond ends no number.
  bytes.fill(255, length, length + 4);
  let [at, count] = [0, 0];
  while (at < length) {
    const four =
      bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    // The eighth bits of the bytes that end a number, of which the lowest counts: no branch depends on how many bytes it has, which nobody can foretell.
    const ends = ~four & 0x80808080;
    const own = four & (ends ^ (ends - 1));
    let value = own & 0x7f;
    value |= ((own >>> 1) & 0x3f80) | ((own >>> 2) & 0x1fc000) | ((own >>> 3) & 0xfe00000);
    at += ends === 0 ? 4 : 4 - (Math.clz32(ends & -ends) >>> 3);
    for (let unit = 2 ** 28, byte = ends === 0 ? 128 : 0; byte >= 128; unit *= 128) {
      if (at >= length || unit > longest) throw damaged();
      byte = bytes[at++]!;
      value += (byte & 127) * unit;
    }
    numbers[count++] = value;
  }
  return { numbers, count, bytes: length };
}

/** Numbers stay below 2^54. */
const longest = 2 ** 49;

function damaged(): RangeError {
  return new RangeError('Expected packed scores, received other text.');
}
