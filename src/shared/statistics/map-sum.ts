import { writeLevels } from '../../kernels/map-values.ts';
import { addList } from './columns/add-list.ts';
import type { PoolList } from './columns/column-layout.ts';
import type { MapSum } from './shard-statistics.ts';

/** Fixed point of `MapSum.sum`: 12 bits, finer than the 8 bits of any picture made of it. */
export const mapUnit = 4095;

/** The level of a cell that a map does not cover. */
export const noLevel = -1;

/**
 * A map in [0, 1] as whole units of 1 / `mapUnit`, written to `levels` from `offset`: sums of them are exact. Values outside of [0, 1] are
 * clamped; a value that is not finite marks a cell that the map does not cover.
 */
export function writeMapLevels(map: Float32Array, levels: Int16Array, offset: number): void {
  writeLevels(map, mapUnit, levels, offset);
}

/**
 * Mean of the summed maps, row-major, in [0, 1]; NaN where no map covers the cell. All NaN when `n` is 0.
 */
export function meanMapOf({ n, height, width, sum, cells }: MapSum): Float32Array {
  const mean = new Float32Array(height * width);
  for (let i = 0; i < mean.length; i++) {
    mean[i] = (sum[i] ?? 0) / (cells === undefined ? n : (cells[i] ?? 0)) / mapUnit;
  }
  return mean;
}

/** A running sum of maps. A term is an integer of at most 4095: 2^53 holds the sum of 2 * 10^12 maps exactly. */
export class MapSumAccumulator {
  readonly #height: number;
  readonly #width: number;
  #n = 0;
  // Allocated with the first map: a classifier with 20,000 classes has none.
  #sum: Float64Array | undefined;
  // How many maps do not cover a cell.
  #missing: Float64Array | undefined;
  // Of maps that were merged: how many do not cover all cells, and how many of them cover a cell.
  #partial = 0;
  #covered: Float64Array | undefined;

  constructor(height: number, width: number) {
    this.#height = height;
    this.#width = width;
  }

  /** Adds one map [height, width] in [0, 1]; NaN marks a cell that it does not cover. A map that covers none is ignored. */
  add(map: Float32Array): void {
    const levels = new Int16Array(map.length);
    writeMapLevels(map, levels, 0);
    this.addLevels(levels);
  }

  /** Adds one map as `writeMapLevels` writes it. A map that covers no cell is ignored. */
  addLevels(levels: Int16Array): void {
    if (levels.every((level) => level === noLevel)) return;
    const sum = this.#sums();
    this.#n += 1;
    for (let i = 0; i < sum.length; i++) {
      const level = levels[i]!;
      if (level !== noLevel) sum[i]! += level;
      else this.#addMissing(i);
    }
  }

  /** Adds the sums of `n` other maps. Follow with `addCells` if they do not cover all cells. */
  addSums(n: number, list: PoolList): void {
    const sum = this.#sums();
    this.#checkSize(list);
    this.#n += n;
    addList(sum, list);
  }

  /** Adds how many of the `n` maps just added cover each cell. */
  addCells(n: number, list: PoolList): void {
    this.#checkSize(list);
    this.#covered ??= new Float64Array(this.#height * this.#width);
    this.#partial += n;
    addList(this.#covered, list);
  }

  build(): MapSum {
    const frame = { n: this.#n, height: this.#height, width: this.#width };
    const sum = Array.from(this.#sum ?? []);
    const [missing, covered] = [this.#missing, this.#covered];
    if (missing === undefined && covered === undefined) return { ...frame, sum };
    const whole = this.#n - this.#partial;
    return {
      ...{ ...frame, sum },
      cells: sum.map((_, i) => whole - (missing?.[i] ?? 0) + (covered?.[i] ?? 0)),
    };
  }

  #checkSize({ start, end }: PoolList): void {
    const [count, size] = [end - start, this.#height * this.#width];
    if (count !== size) throw new RangeError(`Expected a map of ${size} cells, received ${count}.`);
  }

  #addMissing(cell: number): void {
    this.#missing ??= new Float64Array(this.#height * this.#width);
    this.#missing[cell] = (this.#missing[cell] as number) + 1;
  }

  #sums(): Float64Array {
    this.#sum ??= new Float64Array(this.#height * this.#width);
    return this.#sum;
  }
}
