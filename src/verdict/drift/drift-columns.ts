import { classSharePrefix, type NamedValues } from './drift-row.ts';
import { HashPlaces } from './hash-places.ts';
import type { ChosenImages } from './smallest-hashes.ts';
import { SparseColumn } from './sparse-column.ts';

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

/**
 * The measures of the images of a run that are compared, in float32 columns. An image has the slot that its hash has among those chosen; the last slots are of images beyond the cap, which are
 * held for pairs alone and are none of the run's own figures.
 */
export class DriftColumns {
  readonly #chosen: ChosenImages;
  readonly #slots = new HashPlaces();
  readonly #keys: string[];
  readonly #shards: Uint32Array;
  readonly #rows: Uint32Array;
  readonly #columns = new Map<string, Float32Array>();
  /** Shares of classes, which most images have none of. */
  readonly #shares = new Map<string, SparseColumn>();
  /** Names that an image within the cap has a value of. */
  readonly #names = new Set<string>();

  constructor(chosen: ChosenImages) {
    const { hashes } = chosen;
    this.#chosen = chosen;
    for (let slot = 0; slot < hashes.length; slot++) this.#slots.set(hashes[slot] as number, slot);
    this.#keys = new Array(hashes.length).fill('');
    this.#shards = new Uint32Array(hashes.length);
    this.#rows = new Uint32Array(hashes.length);
  }

  /** Distinct images within the cap. */
  get size(): number {
    return this.#chosen.within;
  }

  /** Distinct contents of the run, beyond the cap an estimate. */
  get distinct(): number {
    return this.#chosen.distinct;
  }

  /** Hashes of those within the cap, by slot. */
  get hashes(): Float64Array {
    return this.#chosen.hashes.subarray(0, this.size);
  }

  get names(): readonly string[] {
    return [...this.#names].sort();
  }

  /** -1 where no such image is held. */
  slotOf(hash: number): number {
    return this.#slots.get(hash);
  }

  image(slot: number): DriftImage {
    const [key, shard, row] = [this.#keys[slot], this.#shards[slot], this.#rows[slot]];
    if (key === undefined || shard === undefined || row === undefined) {
      throw new RangeError(`no image ${slot} among ${this.#keys.length}`);
    }
    return { key, shard, row };
  }

  place(slot: number, { key, shard, row }: DriftImage): void {
    this.#keys[slot] = key;
    this.#shards[slot] = shard;
    this.#rows[slot] = row;
  }

  /** Values of an image; those that are not finite are as if absent. */
  put(slot: number, { names, values }: NamedValues): void {
    for (const [i, name] of names.entries()) {
      const value = values[i] as number;
      if (!Number.isFinite(value)) continue;
      if (slot < this.size) this.#names.add(name);
      if (name.startsWith(classSharePrefix)) this.#sharesOf(name).add(slot, value);
      else this.#columnOf(name)[slot] = value;
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
        column[slot] = value;
        isNamed ||= slot < this.size;
      }
      if (isNamed) this.#names.add(name);
    }
  }

  /** [size]: NaN where an image has no such value; 0 where it lacks a class, of which only shares above it are stored. */
  column(name: string): Float32Array {
    return this.heldColumn(name).subarray(0, this.size);
  }

  /** The same of all that are held, also beyond the cap. */
  heldColumn(name: string): Float32Array {
    if (name.startsWith(classSharePrefix)) {
      const column = new Float32Array(this.#keys.length);
      return this.#shares.get(name)?.filled(column) ?? column;
    }
    return this.#columns.get(name) ?? this.#emptyColumn();
  }

  #sharesOf(name: string): SparseColumn {
    const known = this.#shares.get(name) ?? new SparseColumn();
    this.#shares.set(name, known);
    return known;
  }

  #columnOf(name: string): Float32Array {
    const known = this.#columns.get(name) ?? this.#emptyColumn();
    this.#columns.set(name, known);
    return known;
  }

  #emptyColumn(): Float32Array {
    return new Float32Array(this.#keys.length).fill(Number.NaN);
  }
}
