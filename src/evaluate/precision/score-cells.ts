import {
  coarserRun,
  coarsestShift,
  emptyRun,
  mergedRuns,
  mostRows,
  type ScoreRun,
  scoreKey,
  sortedRun,
} from './score-run.ts';

/** Candidates that wait until they are sorted. */
const mostWaiting = 65_536;

/** What `ScoreCells` hold, at the resolution they ended at. */
export interface ScoreTable {
  readonly run: ScoreRun;
  /** Resolution of the scores, as `coarserRun` takes it: 0 where they are in full. */
  readonly shift: number;
}

/**
 * A table of candidates by row, score and outcome that accumulates in bounded memory: exact while it has at most `most` entries; with more, scores are
 * rounded down to ever coarser steps until it has no more. The step at the end is the finest that does for all candidates together, and no part of them ever
 * needs a coarser one, so neither order nor grouping changes the table.
 */
export class ScoreCells {
  readonly #most: number;
  readonly #keys = new Float64Array(mostWaiting);
  readonly #patterns = new Uint32Array(mostWaiting);
  #waiting = 0;
  /** The longer first; each at least twice as long as the next. */
  #runs: ScoreRun[] = [];
  #entries = 0;
  #shift = 0;

  constructor(most: number) {
    this.#most = most;
  }

  add(row: number, score: number, pattern: number): void {
    if (!(row < mostRows))
      throw new RangeError(`Expected a row below ${mostRows}, received ${row}.`);
    this.#keys[this.#waiting] = scoreKey(row, score);
    this.#patterns[this.#waiting] = pattern;
    this.#waiting += 1;
    if (this.#waiting === mostWaiting) this.#flush();
  }

  addTable({ run, shift }: ScoreTable): void {
    if (shift > this.#shift) {
      this.#flush();
      this.#shift = shift;
      this.#runs = this.#runs.map((one) => coarserRun(one, shift));
      this.#entries = this.#runs.reduce((sum, { keys }) => sum + keys.length, 0);
    }
    this.#push(shift < this.#shift ? coarserRun(run, this.#shift) : run);
  }

  build(): ScoreTable {
    this.#flush();
    this.#collapse();
    return { run: this.#runs[0] ?? emptyRun, shift: this.#shift };
  }

  #flush(): void {
    if (this.#waiting === 0) return;
    const run = sortedRun({
      keys: this.#keys.slice(0, this.#waiting),
      patterns: this.#patterns.slice(0, this.#waiting),
      counts: new Float64Array(this.#waiting).fill(1),
    });
    this.#waiting = 0;
    this.#push(coarserRun(run, this.#shift));
  }

  #push(run: ScoreRun): void {
    if (run.keys.length === 0) return;
    this.#runs.push(run);
    this.#entries += run.keys.length;
    // Runs of like length are merged, so that each candidate is copied a few times only.
    while (this.#runs.length > 1) {
      const [long, short] = this.#runs.slice(-2) as [ScoreRun, ScoreRun];
      if (long.keys.length >= 2 * short.keys.length) break;
      this.#mergeLast();
    }
    // Twice as many may wait for others like them: else each new run would rewrite all.
    if (this.#entries > 2 * this.#most) this.#collapse();
  }

  #mergeLast(): void {
    const [long, short] = this.#runs.splice(-2) as [ScoreRun, ScoreRun];
    const merged = mergedRuns(long, short);
    this.#runs.push(merged);
    this.#entries += merged.keys.length - long.keys.length - short.keys.length;
  }

  #collapse(): void {
    while (this.#runs.length > 1) this.#mergeLast();
    // One step after the other: the finest that does. Rounded once, a run is shorter for the next step.
    while (this.#entries > this.#most && this.#shift < coarsestShift) {
      this.#shift += 1;
      this.#runs = this.#runs.map((run) => coarserRun(run, this.#shift));
      this.#entries = this.#runs[0]?.keys.length ?? 0;
    }
  }
}
