/**
 * Counts of candidates by row, score and outcome: sorted by key, then by pattern, each pair once. A row is a class, or a block of a class; a key is
 * row * 2^30 + the bits of the score as float32, of which a resolution may have cleared the lowest; a pattern has a bit for each form and IoU threshold at which
 * such candidates are true positives, 0 for those that never are.
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

/** The same with the lowest `shift` bits of scores cleared. */
export function coarserRun({ keys, patterns, counts }: ScoreRun, shift: number): ScoreRun {
  const unit = 2 ** shift;
  const run = new RunWriter(keys.length);
  for (let start = 0; start < keys.length; ) {
    const key = keys[start]! - (keys[start]! % unit);
    let end = start + 1;
    while (end < keys.length && keys[end]! < key + unit) end += 1;
    if (end === start + 1) run.add(key, patterns[start]!, counts[start]!);
    else addTogether(run, key, patterns.subarray(start, end), counts.subarray(start, end));
    start = end;
  }
  return run.build();
}

function addTogether(run: RunWriter, key: number, patterns: Uint32Array, counts: Float64Array) {
  const sums = new Map<number, number>();
  for (let i = 0; i < patterns.length; i++) {
    sums.set(patterns[i]!, (sums.get(patterns[i]!) ?? 0) + counts[i]!);
  }
  for (const pattern of [...sums.keys()].sort((a, b) => a - b)) {
    run.add(key, pattern, sums.get(pattern)!);
  }
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
