import { z } from 'zod';
import type { SampleCandidates } from '../../shared/run/candidates.ts';
import { iouThresholds } from '../matching/iou-thresholds.ts';
import type { MatchedCandidates, PrecisionForm } from '../matching/match-candidates.ts';
import { countRows } from '../result/count-lists.ts';
import { rowsIn } from './block-rows.ts';
import { type FormPrecision, formPrecision } from './form-precision.ts';
import { type Jackknife, jackknife } from './jackknife.ts';
import { packedScoresSchema, packScores, unpackScores } from './packed-scores.ts';
import { mostPrecisionBlocks } from './precision-blocks.ts';
import { ScoreCells } from './score-cells.ts';

/** Candidates up to this number are all kept, and average precision is exact. */
export const mostExactCandidates = 1_000_000;

const count = z.number().int().nonnegative();

/** Everything in integers, so that merging in any order gives the same bytes. */
export const packedPrecisionSchema = z.object({
  forms: z.array(z.enum(['box', 'mask', 'keypoints', 'rotated'])),
  candidates: count,
  cutImages: count,
  /** By form. */
  lacking: z.array(count),
  /** By block and class, and by class where the first are coarser. */
  blocks: packedScoresSchema,
  classes: packedScoresSchema.optional(),
  /** Row (class x 128 + block) and labels of it, ascending. */
  labels: countRows<[number, number]>(2),
  /** Class and images that have it, ascending. */
  classImages: countRows<[number, number]>(2),
  /** Block and its images, ascending. */
  images: countRows<[number, number]>(2),
});
export type PackedPrecision = z.infer<typeof packedPrecisionSchema>;

export interface PrecisionImage {
  readonly candidates: SampleCandidates;
  readonly matched: MatchedCandidates;
  /** Below `mostPrecisionBlocks`. */
  readonly block: number;
}

export interface Precision {
  /** Of all images, whether or not their class has labels. */
  readonly candidates: number;
  /** Every candidate is kept with its score in full. */
  readonly exact: boolean;
  /** Images that had more candidates than one may keep. */
  readonly cutImages: number;
  /** Class id and images with a label of it. */
  readonly classImages: ReadonlyMap<number, number>;
  readonly forms: readonly FormPrecision[];
}

/** Average precision that accumulates over images and merges over shards, in memory that does not grow with them. */
export class PrecisionAccumulator {
  readonly #forms: readonly PrecisionForm[];
  readonly #classes: ScoreCells;
  readonly #blocks: ScoreCells;
  readonly #labels = new Map<number, number>();
  readonly #classImages = new Map<number, number>();
  readonly #images = new Map<number, number>();
  readonly #lacking: number[];
  #candidates = 0;
  #cutImages = 0;

  /** @param most Entries of each table: candidates up to which everything is exact. */
  constructor(forms: readonly PrecisionForm[], most = mostExactCandidates) {
    this.#forms = forms;
    this.#classes = new ScoreCells(most);
    this.#blocks = new ScoreCells(most);
    this.#lacking = forms.map(() => 0);
  }

  /** Throws `RangeError` for a block or a class that is too large. */
  addImage({ candidates, matched, block }: PrecisionImage): void {
    if (!(block >= 0 && block < mostPrecisionBlocks)) {
      throw new RangeError(`Expected a block below ${mostPrecisionBlocks}, received ${block}.`);
    }
    for (let i = 0; i < candidates.count; i++) {
      const [classId, score] = [candidates.classIds[i]!, candidates.scores[i]!];
      let pattern = 0;
      for (const [place, { bits }] of matched.forms.entries()) {
        pattern |= bits[i]! << (place * iouThresholds.length);
      }
      this.#classes.add(classId, score, pattern);
      this.#blocks.add(classId * mostPrecisionBlocks + block, score, pattern);
    }
    this.#candidates += candidates.count;
    if (candidates.cut > 0) this.#cutImages += 1;
    const { classIds } = matched.labels;
    for (const classId of classIds) add(this.#labels, classId * mostPrecisionBlocks + block, 1);
    for (const classId of new Set(classIds)) add(this.#classImages, classId, 1);
    add(this.#images, block, 1);
    for (const [place, { lacking }] of matched.forms.entries()) this.#lacking[place]! += lacking;
  }

  /**
   * Adds a packed accumulator of the same forms. Throws `RangeError` for damaged text.
   *
   * @param numberFor The block of each of its own: a shard has numbers of its own, and several may become one. What had too many candidates to keep all
   *   scores in full does not get them back, so blocks are renumbered here and not later.
   */
  addPacked(packed: PackedPrecision, numberFor = (block: number): number => block): void {
    const moved = (row: number) => {
      const block = row % mostPrecisionBlocks;
      return row - block + numberFor(block);
    };
    const blocks = unpackScores(packed.blocks);
    this.#blocks.addTable(blocks, moved);
    if (packed.classes) this.#classes.addTable(unpackScores(packed.classes));
    else this.#classes.addTable(blocks, classOf);
    this.#candidates += packed.candidates;
    this.#cutImages += packed.cutImages;
    for (const [row, labels] of packed.labels) add(this.#labels, moved(row), labels);
    for (const [classId, images] of packed.classImages) add(this.#classImages, classId, images);
    for (const [block, images] of packed.images) add(this.#images, numberFor(block), images);
    for (const [place, lacking] of packed.lacking.entries()) this.#lacking[place]! += lacking;
  }

  merge(other: PrecisionAccumulator): void {
    this.addPacked(other.toPacked());
  }

  toPacked(): PackedPrecision {
    const blocks = this.#blocks.build();
    return {
      forms: [...this.#forms],
      candidates: this.#candidates,
      cutImages: this.#cutImages,
      lacking: [...this.#lacking],
      blocks: packScores(blocks),
      ...(blocks.shift > 0 && { classes: packScores(this.#classes.build()) }),
      labels: sorted(this.#labels),
      classImages: sorted(this.#classImages),
      images: sorted(this.#images),
    };
  }

  build(): Precision {
    const { run, shift } = this.#classes.build();
    const labels = new Map<number, number>();
    for (const [row, n] of this.#labels) add(labels, classOf(row), n);
    const classes = sorted(labels).map(([classId, n]) => ({ classId, labels: n }));
    return {
      candidates: this.#candidates,
      exact: shift === 0,
      cutImages: this.#cutImages,
      classImages: this.#classImages,
      forms: this.#forms.map((form, place) =>
        formPrecision(run, { form, place, lacking: this.#lacking[place]!, classes }),
      ),
    };
  }

  /** Everything without each block in turn. */
  jackknife(): Jackknife {
    const blocks = sorted(this.#images).map(([block]) => block);
    return jackknife(this.#blocks.build().run, {
      forms: this.#forms,
      blocks,
      labels: this.#labels,
    });
  }
}

/** Throws `RangeError` for what no accumulator packed, without adding it to anything. @param blocks how many its rows may be of */
export function checkPackedPrecision(packed: PackedPrecision, blocks: number): void {
  const { plain, rest } = unpackScores(packed.blocks);
  if (packed.classes) unpackScores(packed.classes);
  const isOdd = (row: number) => row % mostPrecisionBlocks >= blocks;
  const odd =
    plain.rows.find(isOdd) ??
    rowsIn(rest).find(isOdd) ??
    packed.labels.find(([row]) => isOdd(row))?.[0] ??
    packed.images.find(([block]) => block >= blocks)?.[0];
  if (odd !== undefined) throw new RangeError(`no block ${odd} of ${blocks}`);
}

function classOf(row: number): number {
  return Math.floor(row / mostPrecisionBlocks);
}

function add(counts: Map<number, number>, key: number, count: number): void {
  counts.set(key, (counts.get(key) ?? 0) + count);
}

function sorted(counts: ReadonlyMap<number, number>): [number, number][] {
  return [...counts].sort(([a], [b]) => a - b);
}
