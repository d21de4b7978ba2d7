import { movedRows, rowsIn } from './block-rows.ts';
import { finestShift } from './finest-shift.ts';
import { type MovedTable, PlainCells } from './plain-cells.ts';
import type { UnpackedScores } from './row-scores.ts';
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

/** Cells of `PlainCells`: 48 MB, no more than as many runs took that wait and are merged. */
const mostRoom = 12_000_000;

/** Entries of tables that wait to be added together: 9 MB. */
const mostLater = 2_097_152;

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
  /** Made with the first candidate: tables are added to many that never have one. */
  #keys = new Float64Array(0);
  #patterns = new Uint32Array(0);
  #waiting = 0;
  /** The longer first; each at least twice as long as the next. */
  #runs: ScoreRun[] = [];
  #entries = 0;
  #shift = 0;
  /** What is plain, once scores are coarse enough: then the runs hold the others alone. */
  #plain: PlainCells | undefined;
  /** Tables that are plain for the most part, and how many entries they have. */
  #later: MovedTable[] = [];
  #laterEntries = 0;

  constructor(most: number) {
    this.#most = most;
  }

  add(row: number, score: number, pattern: number): void {
    if (!(row < mostRows))
      throw new RangeError(`Expected a row below ${mostRows}, received ${row}.`);
    if (this.#keys.length === 0) {
      this.#keys = new Float64Array(mostWaiting);
      this.#patterns = new Uint32Array(mostWaiting);
    }
    this.#keys[this.#waiting] = scoreKey(row, score);
    this.#patterns[this.#waiting] = pattern;
    this.#waiting += 1;
    if (this.#waiting === mostWaiting) this.#flush();
  }

  /** Adds what others hold. @param rowFor the row here of each of their rows, of which several may become one */
  addTable(table: UnpackedScores, rowFor?: (row: number) => number): void {
    const { shift } = table;
    if (shift > this.#shift) {
      this.#flush();
      this.#takeLater();
      while (this.#shift < shift) this.#coarsen();
    }
    if (this.#plain === undefined) {
      const run = table.toRun();
      const moved = rowFor === undefined ? run : movedRows(run, rowFor);
      this.#push(shift < this.#shift ? coarserRun(moved, this.#shift) : moved);
      return;
    }
    this.#later.push({ table, rowFor });
    this.#laterEntries += table.entries;
    if (this.#laterEntries >= mostLater) this.#takeLater();
  }

  /** Adds what waits for others to share their way through the rows. */
  #takeLater(): void {
    const tables = this.#later;
    if (tables.length === 0) return;
    [this.#later, this.#laterEntries] = [[], 0];
    const rest = this.#plain?.take(tables) ?? emptyRun;
    this.#push(coarserRun(sortedRun(rest), this.#shift));
  }

  build(): ScoreTable {
    this.#flush();
    this.#takeLater();
    this.#collapse();
    const run = this.#runs[0] ?? emptyRun;
    return { run: this.#plain ? mergedRuns(this.#plain.toRun(), run) : run, shift: this.#shift };
  }

  #flush(): void {
    if (this.#waiting === 0) return;
    const run = sortedRun({
      keys: this.#keys.slice(0, this.#waiting),
      patterns: this.#patterns.slice(0, this.#waiting),
      counts: new Float64Array(this.#waiting).fill(1),
    });
    this.#waiting = 0;
    this.#push(coarserRun(this.#plain?.takeRun(run) ?? run, this.#shift));
  }

  #push(run: ScoreRun): void {
    if (run.keys.length > 0) {
      this.#runs.push(run);
      this.#entries += run.keys.length;
    }
    // Runs of like length are merged, so that each candidate is copied a few times only.
    while (this.#runs.length > 1) {
      const [long, short] = this.#runs.slice(-2) as [ScoreRun, ScoreRun];
      if (long.keys.length >= 2 * short.keys.length) break;
      this.#mergeLast();
    }
    // Twice as many may wait for others like them: else each new run would rewrite all. What is plain is bounded by its room alone, and not counted.
    if (this.#entries > 2 * this.#most || (this.#plain?.room ?? 0) > mostRoom) this.#collapse();
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
    while (this.#entries + (this.#plain?.cells ?? 0) > this.#most && this.#shift < coarsestShift) {
      this.#coarsen(this.#most);
    }
    this.#layOut();
  }

  /** To the next step, or over steps that are surely too fine: the result is the same. */
  #coarsen(most = Number.POSITIVE_INFINITY): void {
    this.#shift += 1;
    const [run] = this.#runs;
    if (this.#plain === undefined && run !== undefined) {
      this.#shift = finestShift(run, this.#shift, most);
    }
    this.#runs = this.#runs.map((run) => coarserRun(run, this.#shift));
    this.#entries = this.#runs.reduce((sum, { keys }) => sum + keys.length, 0);
    this.#plain = this.#plain?.coarser();
  }

  /** Takes what is plain out of the runs, or puts it back: what an array for each row would take decides, and nothing of the result. */
  #layOut(): void {
    const [run] = this.#runs;
    if (this.#plain !== undefined && this.#plain.room > mostRoom) {
      this.#runs = [mergedRuns(this.#plain.toRun(), run ?? emptyRun)];
      this.#plain = undefined;
    } else if (this.#plain === undefined && run !== undefined && this.#shift > 0) {
      if (rowsIn(run).length * 2 ** (30 - this.#shift) > mostRoom) return;
      this.#plain = new PlainCells(this.#shift);
      const rest = this.#plain.takeRun(run);
      this.#runs = rest.keys.length > 0 ? [rest] : [];
    }
    this.#entries = this.#runs.reduce((sum, { keys }) => sum + keys.length, 0);
  }
}
