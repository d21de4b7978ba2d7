/**
 * Counts of candidates by row, score and outcome: sorted by key, then by pattern, each pair once. A row is a class, or a block of a class; a key is
 * row * 2^30 + the bits of the score as float32, perhaps rounded down to a multiple of some power of two; a pattern has a bit for each form and IoU threshold at
 * which such candidates are true positives, 0 for those that never are.
 */
export interface ScoreRun {
  readonly keys: Float64Array;
  readonly patterns: Uint32Array;
  readonly counts: Float64Array;
}

/** Keys of one row: bits of float32 numbers up to 1 lie below. */
export const rowKeys: number = 2 ** 30;

/** Most rows: keys are safe integers. */
export const mostRows: number = 2 ** 23;

const bits = new Uint32Array(1);
const float = new Float32Array(bits.buffer);

/** Key of a score in [0, 1]; more counts as 1. */
export function scoreKey(row: number, score: number): number {
  float[0] = Math.min(Math.max(score, 0), 1);
  return row * rowKeys + bits[0]!;
}

/** The row of a key. Division, because the remainder of doubles takes ten times as long. */
export function rowOf(key: number): number {
  return Math.floor(key / rowKeys);
}

/** The score of a key, or the lowest one of those that share it. */
export function scoreOf(key: number): number {
  bits[0] = key - rowOf(key) * rowKeys;
  return float[0]!;
}

export const emptyRun: ScoreRun = {
  keys: new Float64Array(0),
  patterns: new Uint32Array(0),
  counts: new Float64Array(0),
};

/** Where the entries of rows [row, end) lie. */
export function rowsOf(
  { keys }: ScoreRun,
  row: number,
  end = row + 1,
): [start: number, end: number] {
  return [lowerBound(keys, row * rowKeys), lowerBound(keys, end * rowKeys)];
}

function lowerBound(keys: Float64Array, key: number): number {
  let [low, high] = [0, keys.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (keys[middle]! < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A run of entries in any order, of which several may be alike. */
export function sortedRun({ keys, patterns, counts }: ScoreRun): ScoreRun {
  // Nearly all are single and never true positives, and numbers alone are sorted ten times faster than entries.
  const plain = new Float64Array(keys.length);
  const others: number[] = [];
  let plainCount = 0;
  for (let i = 0; i < keys.length; i++) {
    if (patterns[i] === 0 && counts[i] === 1) plain[plainCount++] = keys[i]!;
    else others.push(i);
  }
  others.sort((a, b) => keys[a]! - keys[b]! || patterns[a]! - patterns[b]!);
  const [single, special] = [new RunWriter(plainCount), new RunWriter(others.length)];
  for (const key of plain.subarray(0, plainCount).sort()) single.add(key, 0, 1);
  for (const i of others) special.add(keys[i]!, patterns[i]!, counts[i]!);
  return mergedRuns(single.build(), special.build());
}

/** Both together. */
export function mergedRuns(a: ScoreRun, b: ScoreRun): ScoreRun {
  const [aEnd, bEnd] = [a.keys.length, b.keys.length];
  if (aEnd === 0) return b;
  if (bEnd === 0) return a;
  const { keys, patterns, counts } = roomFor(aEnd + bEnd);
  let [i, j, at] = [0, 0, 0];
  let [aKey, bKey] = [a.keys[0]!, b.keys[0]!];
  while (i < aEnd && j < bEnd) {
    const order = aKey - bKey || a.patterns[i]! - b.patterns[j]!;
    const from = order <= 0 ? a : b;
    const place = order <= 0 ? i : j;
    keys[at] = from.keys[place]!;
    patterns[at] = from.patterns[place]!;
    counts[at] = from.counts[place]! + (order === 0 ? b.counts[j]! : 0);
    at += 1;
    if (order <= 0) aKey = a.keys[++i] ?? 0;
    if (order >= 0) bKey = b.keys[++j] ?? 0;
  }
  const [rest, start] = i < aEnd ? [a, i] : [b, j];
  keys.set(rest.keys.subarray(start), at);
  patterns.set(rest.patterns.subarray(start), at);
  counts.set(rest.counts.subarray(start), at);
  return cutRun({ keys, patterns, counts }, at + rest.keys.length - start);
}

function roomFor(most: number): ScoreRun {
  return {
    keys: new Float64Array(most),
    patterns: new Uint32Array(most),
    counts: new Float64Array(most),
  };
}

/** The first entries; what is left over is given back where it is much. */
function cutRun({ keys, patterns, counts }: ScoreRun, end: number): ScoreRun {
  if (end < 0.75 * keys.length) {
    return {
      keys: keys.slice(0, end),
      patterns: patterns.slice(0, end),
      counts: counts.slice(0, end),
    };
  }
  return {
    keys: keys.subarray(0, end),
    patterns: patterns.subarray(0, end),
    counts: counts.subarray(0, end),
  };
}

/** Steps of scores at a resolution: 0 is every float32, 1 multiples of 2^-29, and each further one twice as coarse, up to whole numbers. */
export const coarsestShift = 30;

/** A key as an integer that is as small as its resolution allows; keys in order are codes in order. */
export function codeOf(key: number, shift: number): number {
  return shift === 0 ? key : rowOf(key) * rowKeys + scoreOf(key) / 2 ** (shift - 30);
}

export function keyOfCode(code: number, shift: number): number {
  if (shift === 0) return code;
  const row = rowOf(code);
  return scoreKey(row, (code - row * rowKeys) * 2 ** (shift - 30));
}

/**
 * The same at a coarser resolution: scores rounded down to equal steps, because true positives crowd where scores are high, and the most candidates below 0.01.
 * Rounding twice is rounding to the coarser one.
 */
export function coarserRun(run: ScoreRun, shift: number): ScoreRun {
  if (shift === 0) return run;
  const unit = 2 ** (shift - 30);
  const steps = 2 ** (30 - shift);
  const { keys, patterns, counts } = run;
  const out = roomFor(keys.length);
  // Entries of `out` from `start` on have the key that is being written.
  let start = 0;
  let end = 0;
  let key = -1;
  let row = 0;
  let rowEnd = 0;
  for (let i = 0; i < keys.length; i++) {
    if (keys[i]! >= rowEnd) {
      row = rowOf(keys[i]!) * rowKeys;
      rowEnd = row + rowKeys;
    }
    bits[0] = keys[i]! - row;
    float[0] = Math.floor(float[0]! * steps) * unit;
    const rounded = row + bits[0]!;
    if (rounded !== key) {
      key = rounded;
      start = end;
    }
    end = insert(out, start, end, { key, pattern: patterns[i]!, count: counts[i]! });
  }
  return cutRun(out, end);
}

interface Entry {
  readonly key: number;
  readonly pattern: number;
  readonly count: number;
}

/** Adds an entry among those of its key, [start, end), by insertion: a key has a handful of patterns. Returns their end. */
function insert(out: ScoreRun, start: number, end: number, { key, pattern, count }: Entry): number {
  const { keys, patterns, counts } = out;
  let at = end;
  while (at > start && patterns[at - 1]! > pattern) at -= 1;
  if (at > start && patterns[at - 1] === pattern) {
    counts[at - 1]! += count;
    return end;
  }
  for (let i = end; i > at; i--) {
    patterns[i] = patterns[i - 1]!;
    counts[i] = counts[i - 1]!;
  }
  keys[end] = key;
  patterns[at] = pattern;
  counts[at] = count;
  return end + 1;
}

/** Writes a run whose entries come in order; neighbors that are alike become one. */
export class RunWriter {
  readonly #keys: Float64Array;
  readonly #patterns: Uint32Array;
  readonly #counts: Float64Array;
  #length = 0;

  /** @param most Entries at most. */
  constructor(most: number) {
    this.#keys = new Float64Array(most);
    this.#patterns = new Uint32Array(most);
    this.#counts = new Float64Array(most);
  }

  add(key: number, pattern: number, count: number): void {
    const last = this.#length - 1;
    if (last >= 0 && this.#keys[last] === key && this.#patterns[last] === pattern) {
      this.#counts[last]! += count;
      return;
    }
    this.#keys[this.#length] = key;
    this.#patterns[this.#length] = pattern;
    this.#counts[this.#length] = count;
    this.#length += 1;
  }

  build(): ScoreRun {
    const run = { keys: this.#keys, patterns: this.#patterns, counts: this.#counts };
    return cutRun(run, this.#length);
  }
}
