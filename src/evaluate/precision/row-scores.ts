import { mergedRuns, RunWriter, rowKeys, type ScoreRun } from './score-run.ts';

/**
 * Candidates that are never true positives and share their score with none of their row, which are nearly all there are: four bytes each, where an entry of a `ScoreRun` has
 * twenty. Row `rows[i]` has `scores` [starts[i], starts[i + 1]), ascending; rows ascend.
 */
export interface RowScores {
  readonly rows: Uint32Array;
  /** [rows + 1] */
  readonly starts: Uint32Array;
  readonly scores: Float32Array;
}

/** A table of scores as it was packed: what is plain, and the run of all others. */
export class UnpackedScores {
  readonly plain: RowScores;
  readonly rest: ScoreRun;
  /** Resolution of the scores, as `coarserRun` takes it: 0 where they are in full. */
  readonly shift: number;

  constructor({ plain, rest, shift }: Pick<UnpackedScores, 'plain' | 'rest' | 'shift'>) {
    this.plain = plain;
    this.rest = rest;
    this.shift = shift;
  }

  get entries(): number {
    return this.plain.scores.length + this.rest.keys.length;
  }

  /** All of it, made anew. */
  toRun(): ScoreRun {
    return mergedRuns(runOf(this.plain), this.rest);
  }

  /** Memory that can be moved to another thread. */
  get buffers(): ArrayBufferLike[] {
    const { rows, starts, scores } = this.plain;
    const { keys, patterns, counts } = this.rest;
    return [rows, starts, scores, keys, patterns, counts].map(({ buffer }) => buffer);
  }
}

function runOf({ rows, starts, scores }: RowScores): ScoreRun {
  const bits = new Uint32Array(scores.buffer, scores.byteOffset, scores.length);
  const writer = new RunWriter(scores.length);
  for (let i = 0; i < rows.length; i++) {
    const start = rows[i]! * rowKeys;
    for (let at = starts[i]!; at < starts[i + 1]!; at++) writer.add(start + bits[at]!, 0, 1);
  }
  return writer.build();
}

let keptBits = new Uint32Array(0);

/** Where the rows of scores begin, which are written beside it. */
export class RowScoresWriter {
  /** Of scores as float32, in order: room for them. Written directly, as a call for each takes as long as all else, and used again, as a new one is cleared first. */
  readonly bits: Uint32Array;
  #rows = new Uint32Array(256);
  #starts = new Uint32Array(257);
  #count = 0;

  /** @param most scores at most; valid until the next writer is made */
  constructor(most: number) {
    if (keptBits.length < most) keptBits = new Uint32Array(2 * most);
    this.bits = keptBits;
  }

  /** From place `at` on they are of this row. */
  begin(row: number, at: number): void {
    if (this.#count === this.#rows.length) this.#grow();
    this.#rows[this.#count] = row;
    this.#starts[this.#count] = at;
    this.#count += 1;
  }

  build(length: number): RowScores {
    this.#starts[this.#count] = length;
    return {
      rows: this.#rows.slice(0, this.#count),
      starts: this.#starts.slice(0, this.#count + 1),
      scores: new Float32Array(this.bits.slice(0, length).buffer),
    };
  }

  #grow(): void {
    const [rows, starts] = [this.#rows, this.#starts];
    this.#rows = new Uint32Array(2 * rows.length);
    this.#rows.set(rows);
    this.#starts = new Uint32Array(2 * rows.length + 1);
    this.#starts.set(starts);
  }
}
