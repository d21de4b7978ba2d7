import { z } from 'zod';
import type { SampleCandidates } from '../../shared/run/candidates.ts';
import type { MatchedCandidates, PrecisionForm } from '../matching/match-candidates.ts';
import {
  checkPackedPrecision,
  PrecisionAccumulator,
  packedPrecisionSchema,
} from '../precision/precision-accumulator.ts';
import { mostPrecisionBlocks } from '../precision/precision-blocks.ts';
import { renumberedBlocks } from '../precision/renumbered-blocks.ts';
import type { BlockSums } from '../result/block-sums.ts';

export const packedPrecisionSumsSchema = z.object({
  /** By the number that the sums have for each. */
  blocks: z.array(z.string()).max(mostPrecisionBlocks),
  sums: packedPrecisionSchema,
});
export type PackedPrecisionSums = z.infer<typeof packedPrecisionSumsSchema>;

/** Average precision as it accumulates, by block: names outside, numbers inside. */
export class PrecisionSums implements BlockSums<PackedPrecisionSums> {
  readonly forms: readonly PrecisionForm[];
  #accumulator: PrecisionAccumulator;
  #numbers = new Map<string, number>();

  constructor(forms: readonly PrecisionForm[]) {
    this.forms = forms;
    this.#accumulator = new PrecisionAccumulator(forms);
  }

  add(candidates: SampleCandidates, matched: MatchedCandidates, block: string): void {
    this.#accumulator.addImage({ candidates, matched, block: this.#numberOf(block) });
  }

  get accumulator(): PrecisionAccumulator {
    return this.#accumulator;
  }

  /** The name of each number. */
  get blocks(): string[] {
    return [...this.#numbers.keys()];
  }

  pack(): PackedPrecisionSums {
    const blocks = this.blocks.sort();
    const before = this.blocks;
    const places = new Map(blocks.map((block, place) => [block, place]));
    const packed = this.#accumulator.toPacked();
    return {
      blocks,
      sums: renumberedBlocks(packed, (number) => places.get(before[number] ?? '') ?? 0),
    };
  }

  merge({ blocks, sums }: PackedPrecisionSums): void {
    this.#checkForms(sums.forms);
    this.#sortWith(blocks);
    const numbers = blocks.map((block) => this.#numberOf(block));
    this.#accumulator.addPacked(sums, (number) => {
      const to = numbers[number];
      if (to === undefined) throw new RangeError(`no block ${number} of ${blocks.length}`);
      return to;
    });
  }

  /** Throws what `merge` would throw, and adds nothing. */
  check({ blocks, sums }: PackedPrecisionSums): void {
    this.#checkForms(sums.forms);
    checkPackedPrecision(sums, blocks.length);
  }

  #checkForms(forms: readonly PrecisionForm[]): void {
    if (forms.join() === this.forms.join()) return;
    throw new RangeError(`Expected precision by ${this.forms.join()}, not ${forms.join()}.`);
  }

  /** Numbers blocks anew, in the order of their names, where others come between: what was packed elsewhere is in order then, and needs no sorting. */
  #sortWith(added: readonly string[]): void {
    const before = this.blocks;
    const all = [...new Set([...before, ...added])].sort();
    if (all.length === before.length || before.every((block, i) => all[i] === block)) return;
    const packed = this.#accumulator.toPacked();
    this.#numbers = new Map(all.map((block, number) => [block, number]));
    this.#accumulator = new PrecisionAccumulator(this.forms);
    const numbers = before.map((block) => this.#numberOf(block));
    this.#accumulator.addPacked(packed, (number) => numbers[number] ?? 0);
  }

  renameBlocks(nameOf: (block: string) => string): void {
    const before = this.blocks;
    const packed = this.#accumulator.toPacked();
    this.#numbers = new Map();
    this.#accumulator = new PrecisionAccumulator(this.forms);
    const numbers = before.map((block) => this.#numberOf(nameOf(block)));
    this.#accumulator.addPacked(renumberedBlocks(packed, (number) => numbers[number] ?? 0));
  }

  #numberOf(block: string): number {
    const number = this.#numbers.get(block) ?? this.#numbers.size;
    this.#numbers.set(block, number);
    return number;
  }
}
