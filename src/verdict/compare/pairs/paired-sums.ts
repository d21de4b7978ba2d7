import { hashedBlock, mostBlocks } from '../../../evaluate/result/block-sums.ts';

/** Numbers that are summed for each column and block. */
const sums = 3;

/** Sums of pairs of values by block: a group of images, or where there are more than 128 groups, those whose names' hashes meet. */
export class PairedSums {
  readonly #columns: number;
  #hashed = false;
  #blocks = new Map<string, number>();
  /** [mostBlocks + 1, columns, 3]: pairs, sum of the former, sum of the latter. */
  #values: Float64Array;

  constructor(columns: number) {
    this.#columns = columns;
    this.#values = new Float64Array((mostBlocks + 1) * columns * sums);
  }

  /** Blocks of groups, for `add`; those of an earlier call may be wrong since. */
  blocksOf(groups: readonly string[]): readonly number[] {
    const before = this.#hashed;
    const blocks = groups.map((group) => this.#blockOf(group));
    return this.#hashed === before ? blocks : groups.map((group) => this.#blockOf(group));
  }

  #blockOf(group: string): number {
    const name = this.#hashed ? hashedBlock(group) : group;
    const known = this.#blocks.get(name);
    if (known !== undefined) return known;
    this.#blocks.set(name, this.#blocks.size);
    if (this.#blocks.size <= mostBlocks) return this.#blocks.size - 1;
    this.#hash();
    return this.#blocks.get(hashedBlock(group)) as number;
  }

  add(block: number, column: number, from: number, to: number): void {
    const at = (block * this.#columns + column) * sums;
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
      blocks.map(
        (block) => this.#values[(block * this.#columns + column) * sums + which] as number,
      );
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
    const size = this.#columns * sums;
    for (let i = 0; i < size; i++) {
      const at = block * size + i;
      this.#values[at] = (this.#values[at] as number) + (values[from * size + i] as number);
    }
  }
}
