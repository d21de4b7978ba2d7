import { z } from 'zod';
import type { BlockSums } from '../result/block-sums.ts';
import { countLists } from '../result/count-lists.ts';

/** More than any run has of anything. */
const most = 2 ** 40;

function arePairs(pairs: readonly number[], { length }: readonly string[]): boolean {
  return (
    pairs.length % 2 === 0 && pairs.every((one, i) => (i % 2 === 1 ? one <= most : one < length))
  );
}

/** Name of a sum -> pairs of a block's place in `blocks` and what it adds up to there, both ascending. */
export const packedTalliesSchema = z
  .object({ blocks: z.array(z.string()), sums: countLists })
  .refine(({ blocks, sums }) => Object.values(sums).every((pairs) => arePairs(pairs, blocks)));
export type PackedTallies = z.infer<typeof packedTalliesSchema>;

/** Whole numbers that are counted up by name and block. */
export class BlockTallies implements BlockSums<PackedTallies> {
  #sums = new Map<string, Map<string, number>>();

  add(name: string, block: string, by = 1): void {
    const ofName = this.#sums.get(name) ?? new Map<string, number>();
    this.#sums.set(name, ofName);
    ofName.set(block, (ofName.get(block) ?? 0) + by);
  }

  total(name: string): number {
    let total = 0;
    for (const value of this.#sums.get(name)?.values() ?? []) total += value;
    return total;
  }

  /** One for each block; 0 where there is none. */
  of(name: string, blocks: readonly string[]): number[] {
    const ofName = this.#sums.get(name);
    return blocks.map((block) => ofName?.get(block) ?? 0);
  }

  names(): string[] {
    return [...this.#sums.keys()].sort();
  }

  pack(): PackedTallies {
    const blocks = [...new Set([...this.#sums.values()].flatMap((one) => [...one.keys()]))].sort();
    const places = new Map(blocks.map((block, place) => [block, place]));
    const sums = this.names().map((name) => {
      const pairs = [...(this.#sums.get(name) ?? [])]
        .map(([block, value]) => [places.get(block) ?? 0, value] as const)
        .sort(([a], [b]) => a - b);
      return [name, pairs.flat()];
    });
    return { blocks, sums: Object.fromEntries(sums) };
  }

  merge({ blocks, sums }: PackedTallies): void {
    for (const [name, pairs] of Object.entries(sums)) {
      for (let at = 0; at + 1 < pairs.length; at += 2) {
        const [place = 0, value = 0] = [pairs[at], pairs[at + 1]];
        const block = blocks[place];
        if (block === undefined) throw new RangeError(`no block ${place} of ${blocks.length}`);
        this.add(name, block, value);
      }
    }
  }

  renameBlocks(nameOf: (block: string) => string): void {
    const before = this.#sums;
    this.#sums = new Map();
    for (const [name, ofName] of before) {
      for (const [block, value] of ofName) this.add(name, nameOf(block), value);
    }
  }
}
