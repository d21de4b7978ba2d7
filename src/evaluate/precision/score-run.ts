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

/** The score of a key, or the lowest one of those that share it. */
export function scoreOf(key: number): number {
  bits[0] = key % rowKeys;
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

/** A run of the same candidates, each counted once, whatever their order. */
export function sortedRun(keys: Float64Array, patterns: Uint32Array): ScoreRun {
  // Nearly all are never true positives, and numbers alone are sorted ten times faster than pairs.
  const [plain, found] = [0, 0].map(() => new Float64Array(keys.length)) as [
    Float64Array,
    Float64Array,
  ];
  let [plainCount, foundCount] = [0, 0];
  for (let i = 0; i < keys.length; i++) {
    if (patterns[i] === 0) plain[plainCount++] = keys[i]!;
    else found[foundCount++] = i;
  }
  const order = found
    .subarray(0, foundCount)
    .sort((a, b) => keys[a]! - keys[b]! || patterns[a]! - patterns[b]!);
  return mergedRuns(
    counted(plain.subarray(0, plainCount).sort(), new Uint32Array(plainCount)),
    counted(
      order.map((i) => keys[i]!),
      Uint32Array.from(order, (i) => patterns[i]!),
    ),
  );
}

/** Counts neighbors that are alike. */
function counted(keys: Float64Array, patterns: Uint32Array): ScoreRun {
  const run = new RunWriter(keys.length);
  for (let i = 0; i < keys.length; i++) run.add(keys[i]!, patterns[i]!, 1);
  return run.build();
}

/** Both together. */
export function mergedRuns(a: ScoreRun, b: ScoreRun): ScoreRun {
  const [aEnd, bEnd] = [a.keys.length, b.keys.length];
  if (aEnd === 0) return b;
  if (bEnd === 0) return a;
  const run = new RunWriter(aEnd + bEnd);
  let [i, j] = [0, 0];
  while (i < aEnd && j < bEnd) {
    const [aKey, bKey] = [a.keys[i]!, b.keys[j]!];
    if (aKey < bKey || (aKey === bKey && a.patterns[i]! <= b.patterns[j]!)) {
      run.add(aKey, a.patterns[i]!, a.counts[i++]!);
    } else run.add(bKey, b.patterns[j]!, b.counts[j++]!);
  }
  for (; i < aEnd; i++) run.add(a.keys[i]!, a.patterns[i]!, a.counts[i]!);
  for (; j < bEnd; j++) run.add(b.keys[j]!, b.patterns[j]!, b.counts[j]!);
  return run.build();
}

/** Steps of scores at a resolution: 0 is every float32, 1 multiples of 2^-29, and each further one twice as coarse, up to whole numbers. */
export const coarsestShift = 30;

/** The score of a key rounded down to a resolution, as a key. Rounding twice is rounding to the coarser one. */
export function coarserKey(key: number, shift: number): number {
  if (shift === 0) return key;
  const unit = 2 ** (shift - 30);
  bits[0] = key % rowKeys;
  const row = key - bits[0];
  float[0] = Math.floor(float[0]! / unit) * unit;
  return row + bits[0]!;
}

/** A key as an integer that is as small as its resolution allows; keys in order are codes in order. */
export function codeOf(key: number, shift: number): number {
  const score = key % rowKeys;
  return shift === 0 ? key : key - score + scoreOf(score) / 2 ** (shift - 30);
}

export function keyOfCode(code: number, shift: number): number {
  if (shift === 0) return code;
  const steps = code % rowKeys;
  return code - steps + scoreKey(0, steps * 2 ** (shift - 30));
}

/** The same at a coarser resolution: equal steps of scores, because true positives crowd where scores are high, and the most candidates below 0.01. */
export function coarserRun(run: ScoreRun, shift: number): ScoreRun {
  const writer = new RunWriter(run.keys.length);
  visitCoarser(run, shift, (key, group) => {
    for (let i = 0; i < group.length; i++) writer.add(key, group.patterns[i]!, group.counts[i]!);
  });
  return writer.build();
}

/** How many entries it would have. */
export function coarserLength(run: ScoreRun, shift: number): number {
  let entries = 0;
  visitCoarser(run, shift, (_, { length }) => {
    entries += length;
  });
  return entries;
}

/** Patterns of one key, ascending, and their counts; the first `length` are used. */
interface PatternGroup {
  length: number;
  patterns: number[];
  counts: number[];
}

/** The group is valid until the next call. */
function visitCoarser(
  { keys, patterns, counts }: ScoreRun,
  shift: number,
  visit: (key: number, group: PatternGroup) => void,
): void {
  const group: PatternGroup = { length: 0, patterns: [], counts: [] };
  let key = -1;
  for (let i = 0; i < keys.length; i++) {
    const next = coarserKey(keys[i]!, shift);
    if (next !== key) {
      if (group.length > 0) visit(key, group);
      group.length = 0;
      key = next;
    }
    addToGroup(group, patterns[i]!, counts[i]!);
  }
  if (group.length > 0) visit(key, group);
}

/** By insertion: a key has a handful of patterns. */
function addToGroup(group: PatternGroup, pattern: number, count: number): void {
  const { patterns, counts } = group;
  let at = group.length;
  while (at > 0 && patterns[at - 1]! > pattern) at -= 1;
  if (at > 0 && patterns[at - 1] === pattern) {
    counts[at - 1]! += count;
    return;
  }
  for (let i = group.length; i > at; i--) {
    patterns[i] = patterns[i - 1]!;
    counts[i] = counts[i - 1]!;
  }
  patterns[at] = pattern;
  counts[at] = count;
  group.length += 1;
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
    const parts = { keys: this.#keys, patterns: this.#patterns, counts: this.#counts };
    const end = this.#length;
    // Much that merged away is given back.
    if (end < 0.75 * this.#keys.length) {
      return {
        keys: parts.keys.slice(0, end),
        patterns: parts.patterns.slice(0, end),
        counts: parts.counts.slice(0, end),
      };
    }
    return {
      keys: parts.keys.subarray(0, end),
      patterns: parts.patterns.subarray(0, end),
      counts: parts.counts.subarray(0, end),
    };
  }
}
