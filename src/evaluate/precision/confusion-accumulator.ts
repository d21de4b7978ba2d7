import { z } from 'zod';
import type { ConfusionPair } from '../matching/confusion-pairs.ts';
import type { Confusion } from '../result/evaluation.ts';

/** Predicted class, labeled class, how often, ascending; -1 is the background. */
export const packedConfusionsSchema = z.array(
  z.tuple([z.number().int().min(-1), z.number().int().min(-1), z.number().int().nonnegative()]),
);
export type PackedConfusions = z.infer<typeof packedConfusionsSchema>;

/** Confusions that accumulate over images and merge over shards in any order. */
export class ConfusionAccumulator {
  readonly #counts = new Map<number, Map<number, number>>();

  add(pairs: readonly ConfusionPair[]): void {
    for (const { predicted, labeled } of pairs) this.#add(predicted ?? -1, labeled ?? -1, 1);
  }

  addPacked(packed: PackedConfusions): void {
    for (const [predicted, labeled, count] of packed) this.#add(predicted, labeled, count);
  }

  toPacked(): PackedConfusions {
    const ascending = <T>(map: ReadonlyMap<number, T>) => [...map].sort(([a], [b]) => a - b);
    return ascending(this.#counts).flatMap(([predicted, row]) =>
      ascending(row).map(([labeled, count]): [number, number, number] => [
        predicted,
        labeled,
        count,
      ]),
    );
  }

  /** By predicted class, then by labeled class; the background first. */
  build(): Confusion[] {
    const classOf = (id: number) => (id < 0 ? null : id);
    return this.toPacked().map(([predicted, labeled, count]) => ({
      predicted: classOf(predicted),
      labeled: classOf(labeled),
      count,
    }));
  }

  #add(predicted: number, labeled: number, count: number): void {
    const row = this.#counts.get(predicted) ?? new Map<number, number>();
    this.#counts.set(predicted, row);
    row.set(labeled, (row.get(labeled) ?? 0) + count);
  }
}
