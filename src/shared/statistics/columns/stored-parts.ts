import type { DistributionAccumulator } from '../distribution-accumulator.ts';
import type { MapSumAccumulator } from '../map-sum.ts';
import type { PoolList } from './column-layout.ts';
import type { ColumnReader } from './column-reader.ts';

/** Numbers of a distribution among the moments: n, sum, min, max, first bin. */
const momentsEach = 5;

/** Adds distributions and maps to accumulators, in the order in which columns have them. */
export class StoredParts {
  readonly #reader: ColumnReader;
  readonly #moments: PoolList;
  readonly #maps: PoolList;
  #distributions = 0;
  #mapsRead = 0;

  /** Reads two lists. Throws RangeError, as all here, where there are fewer than they say. */
  constructor(
    reader: ColumnReader,
    { distributions, maps }: { distributions: number; maps: number },
  ) {
    this.#reader = reader;
    this.#moments = reader.numbers(momentsEach * distributions);
    this.#maps = reader.counts(2 * maps);
  }

  distribution(into: DistributionAccumulator): void {
    const at = this.#moments.start + momentsEach * this.#distributions++;
    into.merge(this.#moments, at, this.#reader.counts());
  }

  map(into: MapSumAccumulator): void {
    const { values, start } = this.#maps;
    const at = start + 2 * this.#mapsRead++;
    const [n, hasCells] = [values[at] as number, values[at + 1] === 1];
    const sums = this.#reader.counts();
    const cells = hasCells ? this.#reader.counts() : undefined;
    if (n === 0) return;
    into.addSums(n, sums);
    if (cells !== undefined) into.addCells(n, cells);
  }
}
