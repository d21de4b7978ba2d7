import { DenseColumn, emptyColumn } from './dense-column.ts';
import { classSharePrefix, type NamedValues } from './drift-row.ts';
import { SparseColumn } from './sparse-column.ts';

/** Most distinct images of a run that are compared; beyond it, those of the smallest hashes. */
export const mostCompared = 100_000;

/** Where an image lies, for examples. */
export interface DriftImage {
  readonly key: string;
  readonly shard: number;
  readonly row: number;
}

/** Rows of a table, and the slots of their images. */
export interface TakenRows {
  readonly rows: number[];
  readonly slots: number[];
}

/** How much more than the cap is held before the surplus is dropped. */
const surplus = 1.25;

/**
 * The measures of one run's distinct images in float32 columns, of at most `cap` of them: those whose content has the smallest hash, which depends on nothing but the content, so two runs
 * choose the same images and memory stays constant. Contents that come again are counted and left out.
 */
export class DriftColumns {
  readonly #cap: number;
  readonly #slots = new Map<number, number>();
  #images: (DriftImage | undefined)[] = [];
  readonly #columns = new Map<string, DenseColumn>();
  /** Shares of classes, which most images have none of. */
  readonly #shares = new Map<string, SparseColumn>();
  /** Hashes above it cannot be among the smallest. */
  #highest = Number.POSITIVE_INFINITY;
  #size = 0;

  constructor(cap = mostCompared) {
    this.#cap = cap;
  }

  /** Distinct images that are held. */
  get size(): number {
    return this.#slots.size;
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
    return hash <= this.#highest && !this.#slots.has(hash);
  }

  /** Adds an image that is wanted. @returns its slot until the next `settle` */
  add(hash: number, image: DriftImage): number {
    const slot = this.#size++;
    this.#slots.set(hash, slot);
    this.#images.push(image);
    return slot;
  }

  /** Values of an image; those that are not finite are as if absent. */
  put(slot: number, { names, values }: NamedValues): void {
    for (const [i, name] of names.entries()) {
      const value = values[i] as number;
      if (!Number.isFinite(value)) continue;
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
      for (let i = 0; i < rows.length; i++) {
        const value = values[rows[i] as number] as number;
        if (!Number.isFinite(value)) continue;
        column ??= this.#columnOf(name);
        column.put(slots[i] as number, value);
      }
    }
  }

  /** Drops what is above the cap where that is much. */
  settle(): void {
    if (this.#size >= this.#cap * surplus) this.#shrink();
  }

  /** Drops what is above the cap, and puts images in the order of their hashes: no order of arrival is left. */
  finish(): this {
    this.#shrink();
    return this;
  }

  /** Hashes in their order, after `finish`. */
  get hashes(): readonly number[] {
    return [...this.#slots.keys()];
  }

  get names(): readonly string[] {
    return [...this.#columns.keys(), ...this.#shares.keys()].sort();
  }

  image(slot: number): DriftImage {
    const image = this.#images[slot];
    if (image === undefined) throw new RangeError(`no image ${slot} among ${this.#size}`);
    return image;
  }

  slotOf(hash: number): number | undefined {
    return this.#slots.get(hash);
  }

  /** [size]: NaN where an image has no such value; 0 where it lacks a class, of which only shares above it are stored. */
  column(name: string): Float32Array {
    if (name.startsWith(classSharePrefix)) {
      const column = new Float32Array(this.#size);
      return this.#shares.get(name)?.filled(column) ?? column;
    }
    return this.#columns.get(name)?.values(this.#size) ?? emptyColumn(this.#size);
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
    const kept = sorted.length > this.#cap ? sorted.subarray(0, this.#cap) : sorted;
    if (sorted.length > this.#cap) this.#highest = kept.at(-1) ?? this.#highest;
    const from = Uint32Array.from(kept, (hash) => this.#slots.get(hash) as number);
    this.#images = Array.from(from, (slot) => this.#images[slot]);
    for (const column of this.#columns.values()) column.move(from);
    for (const shares of this.#shares.values()) shares.move(from, this.#size);
    this.#slots.clear();
    kept.forEach((hash, i) => {
      this.#slots.set(hash, i);
    });
    this.#size = kept.length;
  }
}
