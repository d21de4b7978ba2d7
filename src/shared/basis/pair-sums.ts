/**
 * Running sums of which each is a pair of float64, its value and what rounding left out of that (Dekker 1971; the error of an addition as in Knuth, TAOCP 2, 4.2.2, theorem B): about 106 bits, so that
 * the rounded sums are the same in whatever order the terms come. Copies what it begins with.
 */
export class PairSums {
  /** The sums, rounded. */
  readonly high: Float64Array<ArrayBuffer>;
  /** At most half a unit in the last place of `high`. */
  readonly low: Float64Array<ArrayBuffer>;

  constructor(high: Float64Array, low: Float64Array = new Float64Array(high.length)) {
    this.high = high.slice();
    this.low = low.slice();
  }

  add(at: number, term: number): void {
    const before = this.high[at]!;
    const sum = before + term;
    const taken = sum - before;
    const rest = this.low[at]! + (before - (sum - taken) + (term - taken));
    const rounded = sum + rest;
    this.high[at] = rounded;
    this.low[at] = rest - (rounded - sum);
  }

  /** One term to each. */
  addAll(terms: Float32Array | Float64Array): void {
    for (let at = 0; at < terms.length; at++) this.add(at, terms[at]!);
  }
}
