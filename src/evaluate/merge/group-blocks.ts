import { z } from 'zod';
import { hashedBlock, mostBlocks } from '../result/block-sums.ts';
import { DistinctCount, packedDistinctSchema } from './distinct-count.ts';

/** The blocks of an evaluation so far. `hashed`: there were more groups than blocks, and they share them. */
export const packedBlocksSchema = z.object({
  hashed: z.boolean(),
  names: z.array(z.string()).max(mostBlocks),
  groups: packedDistinctSchema,
});
export type PackedBlocks = z.infer<typeof packedBlocksSchema>;

/**
 * Which groups there are, and the block of each. With the first group too many, all of them are turned into hashed blocks: which names there are, and not their
 * order, decides how it ends.
 */
export class GroupBlocks {
  #hashed = false;
  readonly #groups = new DistinctCount();
  #names = new Set<string>();

  get hashed(): boolean {
    return this.#hashed;
  }

  /** Ascending. */
  get names(): string[] {
    return [...this.#names].sort();
  }

  /** Groups, as far as they are known. */
  get count(): number {
    return this.#groups.count;
  }

  /** Adds groups. @returns whether blocks are hashed since, and sums by group must be renamed */
  add(groups: Iterable<string>): boolean {
    const before = this.#hashed;
    for (const group of groups) {
      this.#groups.add(group);
      this.#names.add(this.blockOf(group));
    }
    this.#hashIfMany();
    return this.#hashed && !before;
  }

  /** @returns whether blocks are hashed since; what `packed` sums must be renamed where it `isPlain` then. */
  merge(packed: PackedBlocks): boolean {
    const before = this.#hashed;
    if (packed.hashed) this.#hash();
    const isMoved = this.#hashed && !packed.hashed;
    for (const name of packed.names) this.#names.add(isMoved ? hashedBlock(name) : name);
    this.#groups.merge(packed.groups);
    this.#hashIfMany();
    return this.#hashed && !before;
  }

  blockOf(group: string): string {
    return this.#hashed ? hashedBlock(group) : group;
  }

  pack(): PackedBlocks {
    return { hashed: this.#hashed, names: this.names, groups: this.#groups.pack() };
  }

  #hashIfMany(): void {
    if (this.#names.size > mostBlocks) this.#hash();
  }

  #hash(): void {
    if (this.#hashed) return;
    this.#hashed = true;
    this.#names = new Set([...this.#names].map((name) => hashedBlock(name)));
  }
}
