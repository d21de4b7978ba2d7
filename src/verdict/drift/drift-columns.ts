import { DenseColumn, emptyColumn } from './dense-column.ts';
import { classSharePrefix, type NamedValues } from './drift-row.ts';
import { type DriftImage, ImagePlaces } from './image-places.ts';
import { SparseColumn } from './sparse-column.ts';

/** Most distinct images of a run that are compared; beyond it, those of the smallest hashes. */
export const mostCompared = 100_000;

/** Rows of a table, and the slots of their images. */
export interface TakenRows {
  readonly rows: number[];
  readonly slots: number[];
}

/** How much more than the cap is held before the surplus is dropped. */
const surplus = 1.25;

/**
 * The measures of one run's distinct images in float32 columns, of at most `cap` of them: those whose content has the smallest hash, which depends on nothing but the content, so two runs
 * choose the same images and memory stays constant. Contents that come again are counted and left out. Images whose hash `alsoHeld` knows are held beyond the cap, for pairs: they are none of the
 * run's own figures, and have the last slots.
 */
export class DriftColumns {
  readonly #cap: number;
  readonly #alsoHeld: (hash: number) => boolean;
  readonly #slots = new Map<number, number>();
  readonly #images = new ImagePlaces();
  readonly #columns = new Map<string, DenseColumn>();
  /** Shares of classes, which most images have none of. */
  readonly #shares = new Map<string, SparseColumn>();
  /** Names that an image within the cap had a value of, when it came. */
  readonly #names = new Set<string>();
  /** Hashes above it cannot be among the smallest. */
  #highest = Number.POSITIVE_INFINITY;
  /** Images, and the slots of those that are held beyond the cap. */
  #held = 0;
  readonly #beyond = new Set<number>();

  constructor(cap = mostCompared, alsoHeld: (hash: number) => boolean = () => false) {
    this.#cap = cap;
    this.#alsoHeld = alsoHeld;
  }

  /** Distinct images within the cap. */
  get size(): number {
    return this.#held - this.#beyond.size;
  }

  /** Distinct contents that were offered: exact up to the cap, beyond it estimated from how small the smallest hashes are (right to 0.3 %: 1 over the root of the cap). */
  get distinct(): number {
    const isWhole = this.#highest === Number.POSITIVE_INFINITY;
    return isWhole ? this.size : Math.round(((this.#cap - 1) / this.#highest) * 2 ** 53);
  }

  has(hash: number): boolean {
    return this.#slots.has(hash);
  }

  /** Whether an image of this hash would be kept: not yet held, and not above what is dropped already. */
  wants(hash: number): boolean {
    return (hash <= this.#highest || this.#alsoHeld(hash)) && !this.#slots.has(hash);
  }

  /** Adds an image that is wanted. @returns its slot until the next `settle` */
  add(hash: number, image: DriftImage): number {
    const slot = this.#held++;
    this.#slots.set(hash, slot);
    this.#images.put(slot, image);
    if (hash > this.#highest) this.#beyond.add(slot);
    return slot;
  }

  /** Values of an image; those that are not finite are as if absent. */
  put(slot: number, { names, values }: NamedValues): void {
    const isWithin = !this.#beyond.has(slot);
    for (const [i, name] of names.entries()) {
      const value = values[i] as number;
      if (!Number.isFinite(value)) continue;
      if (isWithin) this.#names.add(name);
      if (name.startsWith(classSharePrefix)) this.#sharesOf(name).add(slot, value);
      else this.#columnOf(name).put(slot, value);
    }
  }

  /** The same of many images, column by column: a hundred columns are more than a cache holds. A name that no image has a value of gets no column. */
  putColumns(
    columns: Iterable<readonly [name: string, values: Float64Array]>,
    { rows, slots }: TakenRows,
  ): void {
    if (rows.length === 0) return;
    for (const [name, values] of columns) {
      let column = this.#columns.get(name);
      let isNamed = this.#names.has(name);
      for (let i = 0; i < rows.length; i++) {
        const value = values[rows[i] as number] as number;
        if (!Number.isFinite(value)) continue;
        const slot = slots[i] as number;
        column ??= this.#columnOf(name);
        column.put(slot, value);
        isNamed ||= !this.#beyond.has(slot);
      }
      if (isNamed) this.#names.add(name);
    }
  }

  /** Drops what is above the cap where that is much. */
  settle(): void {
    if (this.size >= this.#cap * surplus) this.#shrink();
  }

  /** Drops what is above the cap, and puts images in the order of their hashes: no order of arrival is left. */
  finish(): this {
    this.#shrink();
    return this;
  }

  /** Hashes of those within the cap in their order, after `finish`. */
  get hashes(): readonly number[] {
    return [...this.#slots.keys()].slice(0, this.size);
  }

  get names(): readonly string[] {
    return [...this.#names].sort();
  }

  image(slot: number): DriftImage {
    if (!(slot < this.#held)) throw new RangeError(`no image ${slot} among ${this.#held}`);
    return this.#images.at(slot);
  }

  slotOf(hash: number): number | undefined {
    return this.#slots.get(hash);
  }

  /** [size]: NaN where an image has no such value; 0 where it lacks a class, of which only shares above it are stored. */
  column(name: string): Float32Array {
    return this.heldColumn(name).subarray(0, this.size);
  }

  /** The same of all that are held, also beyond the cap. */
  heldColumn(name: string): Float32Array {
    if (name.startsWith(classSharePrefix)) {
      const column = new Float32Array(this.#held);
      return this.#shares.get(name)?.filled(column) ?? column;
    }
    return this.#columns.get(name)?.values(this.#held) ?? emptyColumn(this.#held);
  }

  #sharesOf(name: string): SparseColumn {
    const known = this.#shares.get(name) ?? new SparseColumn();
    this.#shares.set(name, known);
    return known;
  }

  #columnOf(name: string): DenseColumn {
    const most = Math.max(64, Math.ceil(this.#cap * surplus));
    const known = this.#columns.get(name) ?? new DenseColumn(most);
    this.#columns.set(name, known);
    return known;
  }

  #shrink(): void {
    const sorted = Float64Array.from(this.#slots.keys()).sort();
    const within = Math.min(this.size, this.#cap);
    if (within < this.size) this.#highest = sorted[within - 1] ?? this.#highest;
    const kept = sorted.filter((hash, i) => i < within || this.#alsoHeld(hash));
    const from = Uint32Array.from(kept, (hash) => this.#slots.get(hash) as number);
    this.#images.move(from);
    for (const column of this.#columns.values()) column.move(from);
    const places = new Int32Array(this.#held).fill(-1);
    for (let i = 0; i < from.length; i++) places[from[i] as number] = i;
    for (const shares of this.#shares.values()) shares.move(places);
    this.#slots.clear();
    this.#beyond.clear();
    kept.forEach((hash, i) => {
      this.#slots.set(hash, i);
      if (i >= within) this.#beyond.add(i);
    });
    this.#held = kept.length;
  }
}
