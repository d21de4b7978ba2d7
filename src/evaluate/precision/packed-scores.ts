import { z } from 'zod';
import type { ScoreTable } from './score-cells.ts';
import { codeOf, keyOfCode, mostRows, RunWriter, rowKeys } from './score-run.ts';

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
const unpacked = new WeakMap<PackedScores, ScoreTable>();

/** Throws `RangeError` for text that `packScores` did not make. */
export function unpackScores(packed: PackedScores): ScoreTable {
  const before = unpacked.get(packed);
  if (before !== undefined) return before;
  const table = unpackText(packed);
  unpacked.set(packed, table);
  return table;
}

/** For packed scores that another thread unpacked: they come without their text. */
export function rememberScores(packed: PackedScores, table: ScoreTable): void {
  unpacked.set(packed, table);
}

function unpackText({ shift, entries, scores }: PackedScores): ScoreTable {
  const bytes = Buffer.from(scores, 'base64');
  // An entry takes at least a byte.
  if (entries > bytes.length) throw damaged();
  const reader = new NumberReader(bytes);
  const run = new RunWriter(entries);
  const end = mostRows * rowKeys;
  let code = 0;
  for (let i = 0; i < entries; i++) {
    const step = reader.next();
    const half = Math.floor(step / 2);
    code += half;
    if (code >= end) throw damaged();
    const key = shift === 0 ? code : keyOfCode(code, shift);
    if (step === 2 * half) run.add(key, 0, 1);
    else run.add(key, reader.next(), reader.next());
  }
  if (!reader.isAtEnd) throw damaged();
  return { run: run.build(), shift };
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
    let byte = bytes[at++] ?? noByte;
    let value = byte & 127;
    // Most numbers have two or three bytes.
    for (let unit = 128; byte >= 128; unit *= 128) {
      byte = bytes[at++] ?? noByte;
      if (byte === noByte || unit > longest) throw damaged();
      value += (byte & 127) * unit;
    }
    if (at > bytes.length) throw damaged();
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
