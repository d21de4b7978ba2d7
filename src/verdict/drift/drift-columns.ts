import { createHash } from 'node:crypto';

/** Most distinct images of a run that are compared; beyond it, those of the smallest hashes. */
export const mostCompared = 100_000;

/** 53 bits of the sha256 of a content's name: the same content has the same number in every run. */
export function contentHash(name: string): number {
  const digest = createHash('sha256').update(name).digest();
  return digest.readUInt32BE(0) * 2 ** 21 + (digest.readUInt32BE(4) >>> 11);
}

/** Where an image lies, for examples. */
export interface DriftImage {
  readonly key: string;
  readonly shard: number;
  readonly row: number;
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
  #columns = new Map<string, Float32Array>();
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

  /** Adds an image; `values` that are not finite are as if absent. */
  add(hash: number, image: DriftImage, values: Iterable<readonly [string, number]>): void {
    if (!this.wants(hash)) return;
    const slot = this.#size++;
    this.#slots.set(hash, slot);
    this.#images.push(image);
    for (const [name, value] of values) this.#columnFor(name, slot)[slot] = value;
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
    return [...this.#columns.keys()].sort();
  }

  image(slot: number): DriftImage {
    const image = this.#images[slot];
    if (image === undefined) throw new RangeError(`no image ${slot} among ${this.#size}`);
    return image;
  }

  slotOf(hash: number): number | undefined {
    return this.#slots.get(hash);
  }

  /** [size]: NaN where an image has no such value. */
  column(name: string): Float32Array {
    const column = this.#columns.get(name);
    if (column !== undefined && column.length >= this.#size) return column.subarray(0, this.#size);
    const whole = emptyColumn(this.#size);
    if (column !== undefined) whole.set(column);
    return whole;
  }

  #columnFor(name: string, slot: number): Float32Array {
    const column = this.#columns.get(name);
    if (column !== undefined && slot < column.length) return column;
    const grown = emptyColumn(Math.max(64, 2 * slot));
    if (column !== undefined) grown.set(column);
    this.#columns.set(name, grown);
    return grown;
  }

  #shrink(): void {
    const kept = [...this.#slots].sort(([a], [b]) => a - b);
    if (kept.length > this.#cap) {
      kept.length = this.#cap;
      this.#highest = kept.at(-1)?.[0] ?? this.#highest;
    }
    const from = kept.map(([, slot]) => slot);
    this.#images = from.map((slot) => this.#images[slot]);
    for (const [name, column] of this.#columns) {
      const moved = emptyColumn(Math.max(column.length, from.length));
      from.forEach((slot, i) => {
        moved[i] = slot < column.length ? (column[slot] as number) : Number.NaN;
      });
      this.#columns.set(name, moved);
    }
    this.#slots.clear();
    kept.forEach(([hash], i) => {
      this.#slots.set(hash, i);
    });
    this.#size = kept.length;
  }
}

function emptyColumn(length: number): Float32Array {
  return new Float32Array(length).fill(Number.NaN);
}
