import { emptyRun, RunWriter, rowKeys, rowOf, type ScoreRun, scoreKey } from './score-run.ts';

const bits = new Uint32Array(1);
const float = new Float32Array(bits.buffer);

/**
 * Candidates that are never true positives, nearly all there are, at a resolution that is coarse already: an array of counts for each row, one for each step of
 * score. Adding one is an addition, where runs of them would be sorted and merged again and again. The arrays grow to the highest score of their row.
 */
export class PlainCells {
  readonly #steps: number;
  readonly #shift: number;
  readonly #rows = new Map<number, Float64Array>();
  #cells = 0;
  #room = 0;

  /** @param shift as `coarserRun` takes it */
  constructor(shift: number) {
    this.#shift = shift;
    this.#steps = 2 ** (30 - shift);
  }

  /** Cells that hold a candidate. */
  get cells(): number {
    return this.#cells;
  }

  /** Cells that take memory. */
  get room(): number {
    return this.#room;
  }

  /** Adds what is plain of a run, in whatever order, and returns the others in their order. */
  take({ keys, patterns, counts }: ScoreRun): ScoreRun {
    const others: number[] = [];
    let [rowStart, rowEnd, row] = [0, 0, 0];
    let cells: Float64Array = emptyCells;
    for (let i = 0; i < keys.length; i++) {
      if (patterns[i] !== 0) {
        others.push(i);
        continue;
      }
      const key = keys[i]!;
      if (key >= rowEnd || key < rowStart) {
        row = rowOf(key);
        [rowStart, rowEnd] = [row * rowKeys, (row + 1) * rowKeys];
        cells = this.#rows.get(row) ?? emptyCells;
      }
      bits[0] = key - rowStart;
      const step = Math.floor(float[0]! * this.#steps);
      if (step >= cells.length) cells = this.#grown(row, cells, step);
      if (cells[step] === 0) this.#cells += 1;
      cells[step]! += counts[i]!;
    }
    if (others.length === 0) return emptyRun;
    return {
      keys: Float64Array.from(others, (i) => keys[i]!),
      patterns: Uint32Array.from(others, (i) => patterns[i]!),
      counts: Float64Array.from(others, (i) => counts[i]!),
    };
  }

  toRun(): ScoreRun {
    const writer = new RunWriter(this.#cells);
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
        const count = cells[step]!;
        if (count === 0) continue;
        if (halved[step >> 1] === 0) coarser.#cells += 1;
        halved[step >> 1]! += count;
      }
    }
    return coarser;
  }

  #grown(row: number, cells: Float64Array, step: number): Float64Array {
    const length = Math.min(this.#steps + 1, Math.max(step + 1, 2 * cells.length));
    const grown = new Float64Array(length);
    grown.set(cells);
    this.#rows.set(row, grown);
    this.#room += length - cells.length;
    return grown;
  }
}

const emptyCells: Float64Array = new Float64Array(0);
