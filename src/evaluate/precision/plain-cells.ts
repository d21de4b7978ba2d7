import type { RowScores, UnpackedScores } from './row-scores.ts';
import { mostRows, RunWriter, rowKeys, rowOf, type ScoreRun, scoreKey } from './score-run.ts';

const bits = new Uint32Array(1);
const float = new Float32Array(bits.buffer);

/**
 * Candidates that are never true positives, nearly all there are, at a resolution that is coarse already: an array of counts for each row, one for each step of
 * score. Adding one is an addition, where runs of them would be sorted and merged again and again. The arrays grow to the highest score of their row. Counts have 32
 * bits, because adding is nearly all memory: 14 M images of 300 candidates would have to share one cell to exceed them.
 */
export class PlainCells {
  readonly #steps: number;
  readonly #shift: number;
  readonly #rows = new Map<number, Uint32Array>();
  #room = 0;

  /** @param shift as `coarserRun` takes it */
  constructor(shift: number) {
    this.#shift = shift;
    this.#steps = 2 ** (30 - shift);
  }

  /** Cells that hold a candidate: counted when it is asked, since a branch on each count takes longer than adding to it. */
  get cells(): number {
    let counted = 0;
    for (const cells of this.#rows.values()) {
      for (let step = 0; step < cells.length; step++) if (cells[step] !== 0) counted += 1;
    }
    return counted;
  }

  /** Cells that take memory. */
  get room(): number {
    return this.#room;
  }

  /**
   * Adds what is plain of tables and returns the others, which may be out of order. Goes row by row through all tables: candidates of a shard are spread over all rows, so
   * that one table after the other would wait for memory at each of them.
   *
   * @param tables quickest where their rows rise here as they do in them
   */
  take(tables: readonly MovedTable[]): ScoreRun {
    const cursors = tables.map((moved) => new RowCursor(moved));
    for (let row = lowestRow(cursors); row < mostRows; row = lowestRow(cursors)) {
      let cells = this.#rows.get(row) ?? emptyCells;
      for (const cursor of cursors) {
        for (; cursor.row === row; cursor.next()) cells = this.#addRow(row, cells, cursor);
      }
    }
    const others = new OtherEntries();
    for (const { table, rowFor } of tables) this.#addRun(table.rest, others, rowFor);
    return others.build();
  }

  /** The same of a run. */
  takeRun(run: ScoreRun): ScoreRun {
    const others = new OtherEntries();
    this.#addRun(run, others);
    return others.build();
  }

  #addRow(row: number, before: Uint32Array, { scores, from, end }: RowCursor): Uint32Array {
    const steps = this.#steps;
    // They ascend: with room for the last, there is room for all.
    const last = (scores[end - 1]! * steps) | 0;
    const cells = last < before.length ? before : this.#grown(row, before, last);
    // Below 2^31: a truncation takes less than Math.floor.
    for (let i = from; i < end; i++) cells[(scores[i]! * steps) | 0]! += 1;
    return cells;
  }

  #addRun(run: ScoreRun, others: OtherEntries, rowFor?: RowFor): void {
    const { keys, patterns, counts } = run;
    let [start, rowEnd, row] = [0, 0, 0];
    let cells = emptyCells;
    for (let i = 0; i < keys.length; i++) {
      if (keys[i]! >= rowEnd) {
        const own = rowOf(keys[i]!);
        [start, rowEnd] = [own * rowKeys, (own + 1) * rowKeys];
        row = rowFor === undefined ? own : rowFor(own);
        cells = this.#rows.get(row) ?? emptyCells;
      }
      const key = keys[i]! - start;
      if (patterns[i] !== 0) {
        others.add(row * rowKeys + key, patterns[i]!, counts[i]!);
        continue;
      }
      bits[0] = key;
      const step = (float[0]! * this.#steps) | 0;
      if (step >= cells.length) cells = this.#grown(row, cells, step);
      cells[step]! += counts[i]!;
    }
  }

  toRun(): ScoreRun {
    const writer = new RunWriter(this.cells);
    for (const [row, cells] of [...this.#rows].sort(([a], [b]) => a - b)) {
      for (let step = 0; step < cells.length; step++) {
        const count = cells[step]!;
        if (count > 0) writer.add(scoreKey(row, step / this.#steps), 0, count);
      }
    }
    return writer.build();
  }

  /** The same with steps twice as wide. */
  coarser(): PlainCells {
    const coarser = new PlainCells(this.#shift + 1);
    for (const [row, cells] of this.#rows) {
      const halved = coarser.#grown(row, emptyCells, (cells.length - 1) >> 1);
      for (let step = 0; step < cells.length; step++) {
        halved[step >> 1]! += cells[step]!;
      }
    }
    return coarser;
  }

  #grown(row: number, cells: Uint32Array, step: number): Uint32Array {
    const length = Math.min(this.#steps + 1, Math.max(step + 1, 2 * cells.length));
    const grown = new Uint32Array(length);
    grown.set(cells);
    this.#rows.set(row, grown);
    this.#room += length - cells.length;
    return grown;
  }
}

type RowFor = (row: number) => number;

/** A table whose rows have others here, of which several may become one. */
export interface MovedTable {
  readonly table: UnpackedScores;
  readonly rowFor?: RowFor | undefined;
}

/** The plain scores of a table, one of its rows at a time. */
class RowCursor {
  readonly scores: Float32Array;
  readonly #plain: RowScores;
  readonly #rowFor: RowFor | undefined;
  #at = 0;
  /** Where its scores lie. */
  from = 0;
  end = 0;
  /** The row here; `mostRows` at the end. */
  row = 0;

  constructor({ table, rowFor }: MovedTable) {
    this.#plain = table.plain;
    this.scores = table.plain.scores;
    this.#rowFor = rowFor;
    this.next();
  }

  next(): void {
    const { rows, starts } = this.#plain;
    // A row may have nothing but entries of another kind.
    while (this.#at < rows.length && starts[this.#at] === starts[this.#at + 1]) this.#at += 1;
    const at = this.#at++;
    if (at >= rows.length) {
      this.row = mostRows;
      return;
    }
    [this.from, this.end] = [starts[at]!, starts[at + 1]!];
    this.row = this.#rowFor === undefined ? rows[at]! : this.#rowFor(rows[at]!);
  }
}

function lowestRow(cursors: readonly RowCursor[]): number {
  let lowest = mostRows;
  for (const { row } of cursors) if (row < lowest) lowest = row;
  return lowest;
}

/** True positives, a few of a hundred. */
class OtherEntries {
  readonly #keys: number[] = [];
  readonly #patterns: number[] = [];
  readonly #counts: number[] = [];

  add(key: number, pattern: number, count: number): void {
    this.#keys.push(key);
    this.#patterns.push(pattern);
    this.#counts.push(count);
  }

  build(): ScoreRun {
    return {
      keys: Float64Array.from(this.#keys),
      patterns: Uint32Array.from(this.#patterns),
      counts: Float64Array.from(this.#counts),
    };
  }
}

const emptyCells: Uint32Array = new Uint32Array(0);
