import type { MeasureScale } from '../catalog/measure-catalog.ts';
import { addBins } from './columns/add-bins.ts';
import type { PoolList } from './columns/column-layout.ts';
import { binOf, scaleRange, sumTermOf } from './distribution.ts';
import { isCount } from './packed-integers.ts';
import type { Distribution } from './shard-statistics.ts';

/**
 * A distribution that accumulates: all bins of its scale in one flat array. Integers only, so any order of adding ends in the same
 * `build()`.
 */
export class DistributionAccumulator {
  readonly #scale: MeasureScale;
  readonly #lowestBin: number;
  readonly #counts: Float64Array;
  #n = 0;
  #sum = 0;
  #min = Number.POSITIVE_INFINITY;
  #max = Number.NEGATIVE_INFINITY;

  constructor(scale: MeasureScale) {
    const { lowestBin, highestBin } = scaleRange[scale];
    this.#scale = scale;
    this.#lowestBin = lowestBin;
    this.#counts = new Float64Array(highestBin - lowestBin + 1);
  }

  /** Counts one value; ignores NaN and infinities. */
  add(value: number): void {
    if (!Number.isFinite(value)) return;
    this.addBin(binOf(value, this.#scale), 1);
    this.#n += 1;
    this.#sum += sumTermOf(value, this.#scale);
    this.#widen(value, value);
  }

  /** Adds another distribution: n, sum, min, max and first bin from `at` of `moments`, and its bins, each as its distance from the one before and its count. */
  merge(moments: PoolList, at: number, bins: PoolList): void {
    const [n, sum] = [moments.values[at] as number, moments.values[at + 1] as number];
    const bin = moments.values[at + 4] as number;
    if (!isCount(n) || !Number.isSafeInteger(sum) || !Number.isSafeInteger(bin)) {
      throw new RangeError(`Expected moments of a distribution, received ${n}, ${sum}, ${bin}.`);
    }
    if ((bins.end - bins.start) % 2 !== 0) throw new RangeError('a bin has no count');
    if (n > 0) {
      this.#n += n;
      this.#sum += sum;
      this.#widen(moments.values[at + 2] as number, moments.values[at + 3] as number);
    }
    if (!addBins(this.#counts, bin - this.#lowestBin, bins)) {
      throw new RangeError(`Expected bins of the scale ${this.#scale}, received others.`);
    }
  }

  addBin(bin: number, count: number): void {
    const index = bin - this.#lowestBin;
    const before = this.#counts[index];
    if (before === undefined) {
      throw new RangeError(`Expected a bin of the scale ${this.#scale}, received ${bin}.`);
    }
    this.#counts[index] = before + count;
  }

  build(): Distribution {
    const bins: [number, number][] = [];
    for (let i = 0; i < this.#counts.length; i++) {
      const count = this.#counts[i] as number;
      if (count > 0) bins.push([i + this.#lowestBin, count]);
    }
    const empty = this.#n === 0;
    return {
      n: this.#n,
      sum: this.#sum,
      min: empty ? 0 : this.#min,
      max: empty ? 0 : this.#max,
      bins,
    };
  }

  #widen(min: number, max: number): void {
    // `+ 0`: -0 and 0 are one value, but not one text.
    this.#min = Math.min(this.#min, min + 0);
    this.#max = Math.max(this.#max, max + 0);
  }
}
