import { ranked } from '../../shared/statistics/ranked.ts';
import { HashPlaces } from './hash-places.ts';

/** Most distinct images of a run that are compared; beyond it, those of the smallest hashes. */
export const mostCompared = 100_000;

/** The images of a run that are compared, in the order of the hashes of their contents: no order of arrival is left. */
export interface ChosenImages {
  /** Ascending: those within the cap first. */
  readonly hashes: Float64Array;
  /** Of each the first row of its content, counted from 0 over all rows of the run. */
  readonly rows: Uint32Array;
  /** How many are within the cap. */
  readonly within: number;
  /** Distinct contents there are: exact up to the cap, beyond it estimated from how small the smallest hashes are (right to 0.3 %: 1 over the root of the cap). */
  readonly distinct: number;
}

/** How much more than the cap is held before the surplus is dropped. */
const surplus = 1.25;

/**
 * Chooses the distinct images of a run that are compared: of at most `cap` of them all, else those whose content has the smallest hash, which depends on nothing but the content, so two
 * runs choose the same images and memory stays constant. Contents that come again are left out. Images whose hash `alsoWanted` knows are held beyond the cap.
 */
export class SmallestHashes {
  readonly #cap: number;
  readonly #alsoWanted: (hash: number) => boolean;
  readonly #places = new HashPlaces();
  #hashes = new Float64Array(1024);
  #rows = new Uint32Array(1024);
  #count = 0;
  #beyond = 0;
  /** Hashes above it cannot be among the smallest. */
  #highest = Number.POSITIVE_INFINITY;

  constructor(cap = mostCompared, alsoWanted: (hash: number) => boolean = () => false) {
    this.#cap = cap;
    this.#alsoWanted = alsoWanted;
  }

  /** Takes the content of a row where it is new and may be among the smallest. */
  add(hash: number, row: number): void {
    const isWithin = hash <= this.#highest;
    if (!isWithin && !this.#alsoWanted(hash)) return;
    if (this.#places.get(hash) >= 0) return;
    if (this.#count === this.#rows.length) this.#grow();
    this.#places.set(hash, this.#count);
    this.#hashes[this.#count] = hash;
    this.#rows[this.#count++] = row;
    if (!isWithin) this.#beyond += 1;
    if (this.#count - this.#beyond >= this.#cap * surplus) this.#shrink();
  }

  finish(): ChosenImages {
    if (this.#count - this.#beyond > this.#cap) this.#shrink();
    const hashes = this.#hashes.slice(0, this.#count).sort();
    const rows = new Uint32Array(hashes.length);
    for (let i = 0; i < hashes.length; i++) {
      rows[i] = this.#rows[this.#places.get(hashes[i] as number)] as number;
    }
    const within = this.#count - this.#beyond;
    const isWhole = this.#highest === Number.POSITIVE_INFINITY;
    const distinct = isWhole ? within : Math.round(((this.#cap - 1) / this.#highest) * 2 ** 53);
    return { hashes, rows, within, distinct };
  }

  /** Drops what is above the cap and not wanted otherwise. */
  #shrink(): void {
    const { length } = this.#rows;
    const [hashes, rows] = [this.#hashes, this.#rows];
    const own = hashes.subarray(0, this.#count).filter((hash) => hash <= this.#highest);
    this.#highest = ranked(own, this.#cap - 1);
    this.#places.clear();
    [this.#hashes, this.#rows] = [new Float64Array(length), new Uint32Array(length)];
    const before = this.#count;
    [this.#count, this.#beyond] = [0, 0];
    for (let i = 0; i < before; i++) this.add(hashes[i] as number, rows[i] as number);
  }

  #grow(): void {
    const [hashes, rows] = [this.#hashes, this.#rows];
    this.#hashes = new Float64Array(2 * hashes.length);
    this.#hashes.set(hashes);
    this.#rows = new Uint32Array(2 * rows.length);
    this.#rows.set(rows);
  }
}
