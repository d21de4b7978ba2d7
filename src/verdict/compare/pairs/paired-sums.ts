import { hashedBlock, mostBlocks } from '../../../evaluate/result/block-sums.ts';

/** Numbers that are summed for each column and block. */
const sums = 3;

/** Blocks of a column, with one that is there until groups share blocks. */
const rooms = mostBlocks + 1;

/** Sums of pairs of values by block: a group of images, or where there are more than 128 groups, those whose names' hashes meet. */
export class PairedSums {
  readonly #columns: number;
  #hashed = false;
  #blocks = new Map<string, number>();
  /** [columns, mostBlocks + 1, 3]: pairs, sum of the former, sum of the latter. Pairs come column by column, and the sums of one fit the fastest cache. */
  #values: Float64Array;

  constructor(columns: number) {
    this.#columns = columns;
    this.#values = new Float64Array(columns * rooms * sums);
  }

  /** Blocks of groups, for `add`; those of an earlier call may be wrong since. @param digests of their names, where they are known */
  blocksOf(
    groups: readonly string[],
    digests: readonly (string | undefined)[] = [],
  ): readonly number[] {
    const before = this.#hashed;
    const all = () => groups.map((group, i) => this.#blockOf(group, digests[i]));
    const blocks = all();
    return this.#hashed === before ? blocks : all();
  }

  #blockOf(group: string, digest?: string): number {
    const name = this.#hashed ? hashedBlock(group, digest) : group;
    const known = this.#blocks.get(name);
    if (known !== undefined) return known;
    this.#blocks.set(name, this.#blocks.size);
    if (this.#blocks.size <= mostBlocks) return this.#blocks.size - 1;
    this.#hash();
    return this.#blocks.get(hashedBlock(group)) as number;
  }

  add(block: number, column: number, from: number, to: number): void {
    const at = (column * rooms + block) * sums;
    const values = this.#values;
    values[at] = (values[at] as number) + 1;
    values[at + 1] = (values[at + 1] as number) + from;
    values[at + 2] = (values[at + 2] as number) + to;
  }

  /** Adds another's sums, of the same columns. */
  merge(other: PairedSums): void {
    if (other.#hashed && !this.#hashed) this.#hash();
    for (const [name, from] of other.#blocks) {
      // Names of hashed blocks are not hashed again.
      const block = other.#hashed ? this.#named(name) : this.#blockOf(name);
      this.#addBlock(block, other.#values, from);
    }
  }

  /** Sums of one column by block, in the order of their names. */
  column(column: number): { pairs: number[]; from: number[]; to: number[] } {
    const blocks = [...this.#blocks].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, block]) => block);
    const sumsOf = (which: number) =>
      blocks.map((block) => this.#values[(column * rooms + block) * sums + which] as number);
    return { pairs: sumsOf(0), from: sumsOf(1), to: sumsOf(2) };
  }

  /** The name of a group's block, which is final when all pairs were added. */
  nameOf(group: string): string {
    return this.#hashed ? hashedBlock(group) : group;
  }

  #named(name: string): number {
    const block = this.#blocks.get(name) ?? this.#blocks.size;
    this.#blocks.set(name, block);
    return block;
  }

  #hash(): void {
    const before = [...this.#blocks];
    const values = this.#values;
    this.#hashed = true;
    this.#blocks = new Map();
    this.#values = new Float64Array(values.length);
    for (const [name, from] of before) this.#addBlock(this.#named(hashedBlock(name)), values, from);
  }

  #addBlock(block: number, values: Float64Array, from: number): void {
    for (let column = 0; column < this.#columns; column++) {
      const [at, there] = [block, from].map((one) => (column * rooms + one) * sums) as [
        number,
        number,
      ];
      for (let i = 0; i < sums; i++) {
        this.#values[at + i] = (this.#values[at + i] as number) + (values[there + i] as number);
      }
    }
  }
}
