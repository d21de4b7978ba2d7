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

/** Writes scores whose rows and bits come in order. */
export class RowScoresWriter {
  #rows = new Uint32Array(256);
  #starts = new Uint32Array(257);
  #count = 0;
  readonly #bits: Uint32Array;
  #length = 0;

  /** @param most scores at most */
  constructor(most: number) {
    this.#bits = new Uint32Array(most);
  }

  /** What follows is of this row. */
  begin(row: number): void {
    if (this.#count > 0 && this.#rows[this.#count - 1] === row) return;
    if (this.#count === this.#rows.length) this.#grow();
    this.#rows[this.#count] = row;
    this.#starts[this.#count] = this.#length;
    this.#count += 1;
  }

  /** @param bits of a score as float32 */
  add(bits: number): void {
    this.#bits[this.#length++] = bits;
  }

  build(): RowScores {
    this.#starts[this.#count] = this.#length;
    const bits = this.#bits.slice(0, this.#length);
    return {
      rows: this.#rows.slice(0, this.#count),
      starts: this.#starts.slice(0, this.#count + 1),
      scores: new Float32Array(bits.buffer),
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
