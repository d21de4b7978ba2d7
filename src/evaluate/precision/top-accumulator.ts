import { z } from 'zod';
import type { ClassScore } from '../../shared/run/detection.ts';
import type { Confusion } from '../result/evaluation.ts';
import { ConfusionAccumulator, packedConfusionsSchema } from './confusion-accumulator.ts';
import { mostPrecisionBlocks } from './precision-blocks.ts';

const count = z.number().int().nonnegative();

export const packedTopsSchema = z.object({
  confusions: packedConfusionsSchema,
  /** Block, its images, those whose first class is the label, and those of whose first five one is, ascending. */
  blocks: z.array(z.tuple([count, count, count, count])),
});
export type PackedTops = z.infer<typeof packedTopsSchema>;

export interface TopImage {
  readonly labelId: number;
  /** Best first; up to five. At least one. */
  readonly scores: readonly ClassScore[];
  /** Below `mostPrecisionBlocks`. */
  readonly block: number;
}

/** Counts from which accuracy and its interval follow. */
export interface Tops {
  readonly images: number;
  readonly top1: number;
  /** Of the best five, or of all where a model has fewer. */
  readonly top5: number;
  readonly blocks: readonly TopBlock[];
  /** Predicted and labeled class of each image. */
  readonly confusions: readonly Confusion[];
  /** By class id, of those that are labeled or predicted. */
  readonly classes: readonly ClassTops[];
}

export interface TopBlock {
  readonly block: number;
  readonly images: number;
  readonly top1: number;
  readonly top5: number;
}

export interface ClassTops {
  readonly classId: number;
  readonly labels: number;
  readonly tp: number;
  readonly fp: number;
  readonly fn: number;
}

/** Top-1 and top-5 of a classifier, as Ultralytics' `ClassifyMetrics`: the share of images whose class is the first, or among the first five. */
export class TopAccumulator {
  readonly #confusions = new ConfusionAccumulator();
  readonly #blocks = new Map<number, { images: number; top1: number; top5: number }>();

  /** Throws `RangeError` for a block that is too large, and for an image without scores. */
  addImage({ labelId, scores, block }: TopImage): void {
    if (!(block >= 0 && block < mostPrecisionBlocks)) {
      throw new RangeError(`Expected a block below ${mostPrecisionBlocks}, received ${block}.`);
    }
    const first = scores[0];
    if (first === undefined)
      throw new RangeError('Expected the scores of an image, received none.');
    this.#confusions.add([{ predicted: first.classId, labeled: labelId }]);
    const isThere = scores.slice(0, 5).some(({ classId }) => classId === labelId);
    this.#add({
      block,
      images: 1,
      top1: first.classId === labelId ? 1 : 0,
      top5: isThere ? 1 : 0,
    });
  }

  addPacked({ confusions, blocks }: PackedTops): void {
    this.#confusions.addPacked(confusions);
    for (const [block, images, top1, top5] of blocks) this.#add({ block, images, top1, top5 });
  }

  toPacked(): PackedTops {
    const blocks = this.#sorted().map(({ block, images, top1, top5 }): PackedTops['blocks'][0] => [
      block,
      images,
      top1,
      top5,
    ]);
    return { confusions: this.#confusions.toPacked(), blocks };
  }

  build(): Tops {
    const blocks = this.#sorted();
    const confusions = this.#confusions.build();
    const sum = (pick: (block: TopBlock) => number) =>
      blocks.reduce((all, one) => all + pick(one), 0);
    return {
      images: sum(({ images }) => images),
      top1: sum(({ top1 }) => top1),
      top5: sum(({ top5 }) => top5),
      blocks,
      confusions,
      classes: classTops(confusions),
    };
  }

  #sorted(): TopBlock[] {
    return [...this.#blocks]
      .sort(([a], [b]) => a - b)
      .map(([block, counts]) => ({ block, ...counts }));
  }

  #add({ block, images, top1, top5 }: TopBlock): void {
    const before = this.#blocks.get(block) ?? { images: 0, top1: 0, top5: 0 };
    this.#blocks.set(block, {
      images: before.images + images,
      top1: before.top1 + top1,
      top5: before.top5 + top5,
    });
  }
}

function classTops(confusions: readonly Confusion[]): ClassTops[] {
  const counts = new Map<number, { predicted: number; labels: number; tp: number }>();
  const of = (classId: number | null) => {
    const one = counts.get(classId ?? -1) ?? { predicted: 0, labels: 0, tp: 0 };
    counts.set(classId ?? -1, one);
    return one;
  };
  for (const { predicted, labeled, count: images } of confusions) {
    of(predicted).predicted += images;
    of(labeled).labels += images;
    if (predicted === labeled) of(labeled).tp += images;
  }
  return [...counts]
    .sort(([a], [b]) => a - b)
    .map(([classId, { predicted, labels, tp }]) => ({
      classId,
      labels,
      tp,
      fp: predicted - tp,
      fn: labels - tp,
    }));
}
