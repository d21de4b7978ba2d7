import { sampleColumns } from '../../../shared/catalog/measure-column.ts';
import { keyHash } from '../../../shared/statistics/exemplars.ts';
import { nameDigest } from '../../../shared/statistics/name-digest.ts';
import type { JoinedRows } from './join-tables.ts';
import { Lowest } from './lowest.ts';
import { PairedSums } from './paired-sums.ts';
import { type RowScalars, rowScalars } from './row-scalars.ts';

/** Pairs whose values are kept for medians; more are chosen by the hash of their keys. */
export const mostSampledPairs = 20_000;
/** Pairs whose maps are compared, those with the lowest hashes. */
export const mostMapPairs = 400;
/** Images shown of each kind of change. */
export const mostChanged = 6;

/** A pair of rows of one image. */
export interface RowPair {
  readonly key: string;
  readonly from: RowScalars;
  readonly to: RowScalars;
}

export interface RankedPair extends RowPair {
  /** Descending. */
  readonly value: number;
}

export interface PairedRowsOptions {
  /** Measures that both runs have. */
  readonly columns: readonly string[];
  readonly groupOf: (key: string) => string;
  /** Pairs at most, by which the share that is sampled is chosen. */
  readonly expected: number;
  /** Measures that are kept of the pairs whose maps are compared. */
  readonly mapMeasures: readonly string[];
}

/** Everything that is summed, sampled and ranked over pairs of rows; constant memory, however many pairs there are. */
export class PairedRows {
  readonly sums: PairedSums;
  /** Pairs that both runs could explain. */
  explained = 0;
  readonly sampled: { groups: string[]; from: number[][]; to: number[][] };
  readonly #options: PairedRowsOptions;
  readonly #threshold: number;
  readonly #maps = new Lowest<RowPair>(mostMapPairs);
  readonly #found = new Lowest<RankedPair>(mostChanged);

  constructor(options: PairedRowsOptions) {
    const { columns, expected } = options;
    this.#options = options;
    this.sums = new PairedSums(columns.length);
    this.sampled = { groups: [], from: columns.map(() => []), to: columns.map(() => []) };
    this.#threshold =
      expected <= mostSampledPairs ? 2 ** 53 : (mostSampledPairs / expected) * 2 ** 53;
  }

  /** Whether the medians rest on all pairs. */
  get isWhole(): boolean {
    return this.#threshold === 2 ** 53;
  }

  /** @param at indices of pairs in `joined` */
  add(joined: JoinedRows, at: Int32Array): void {
    const { from, to } = joined;
    const status = [from.texts('status'), to.texts('status')] as const;
    const rowsFrom: number[] = [];
    const rowsTo: number[] = [];
    for (const i of at) {
      const [a, b] = [joined.fromAt[i] as number, joined.toAt[i] as number];
      if (status[0]?.[a] !== 'success' || status[1]?.[b] !== 'success') continue;
      rowsFrom.push(a);
      rowsTo.push(b);
    }
    this.explained += rowsFrom.length;
    this.#addMeasures(joined, rowsFrom, rowsTo);
  }

  /** Those with the lowest hashes of their keys. */
  get mapPairs(): readonly RowPair[] {
    return this.#maps.values;
  }

  /** The number of objects changed most, the most changed first. */
  get foundPairs(): readonly RankedPair[] {
    return this.#found.values;
  }

  #addMeasures(joined: JoinedRows, rowsFrom: readonly number[], rowsTo: readonly number[]): void {
    const { columns, groupOf } = this.#options;
    const keys = (joined.from.texts('key') ?? []) as readonly string[];
    const own = rowsFrom.map((row) => keys[row] as string);
    const groups = own.map(groupOf);
    const digests = own.map(nameDigest);
    const hashes = own.map((key, i) => keyHash(key, digests[i]));
    // An image that is its own group has the same name, and is hashed once.
    const blocks = this.sums.blocksOf(
      groups,
      digests.map((digest, i) => (groups[i] === own[i] ? digest : undefined)),
    );
    const sampled = hashes.map((hash) => hash < this.#threshold);
    groups.forEach((group, i) => {
      if (sampled[i]) this.sampled.groups.push(group);
    });
    for (const [c, name] of columns.entries()) {
      const [one, two] = [joined.from.numbers(name), joined.to.numbers(name)];
      for (let i = 0; i < rowsFrom.length; i++) {
        const a = one?.[rowsFrom[i] as number] ?? Number.NaN;
        const b = two?.[rowsTo[i] as number] ?? Number.NaN;
        const isBoth = !Number.isNaN(a) && !Number.isNaN(b);
        if (isBoth) this.sums.add(blocks[i] as number, c, a, b);
        if (!sampled[i]) continue;
        this.sampled.from[c]?.push(isBoth ? a : Number.NaN);
        this.sampled.to[c]?.push(isBoth ? b : Number.NaN);
      }
    }
    this.#rank(joined, rowsFrom, rowsTo, hashes);
  }

  #rank(
    joined: JoinedRows,
    rowsFrom: readonly number[],
    rowsTo: readonly number[],
    hashes: readonly number[],
  ): void {
    const { from, to } = joined;
    const keys = (from.texts('key') ?? []) as readonly string[];
    const name = sampleColumns.detections;
    const [before, after] = [from.numbers(name), to.numbers(name)];
    for (let i = 0; i < rowsFrom.length; i++) {
      const [a, b] = [rowsFrom[i] as number, rowsTo[i] as number];
      const pair = () => this.#pair(joined, keys[a] as string, [a, b]);
      this.#maps.add(hashes[i] as number, pair);
      const value = (after?.[b] ?? Number.NaN) - (before?.[a] ?? Number.NaN);
      if (Number.isNaN(value) || value === 0) continue;
      this.#found.add(-Math.abs(value), () => ({ ...pair(), value }));
    }
  }

  #pair({ from, to }: JoinedRows, key: string, [a, b]: readonly [number, number]): RowPair {
    const { mapMeasures } = this.#options;
    return { key, from: rowScalars(from, a, mapMeasures), to: rowScalars(to, b, mapMeasures) };
  }
}
