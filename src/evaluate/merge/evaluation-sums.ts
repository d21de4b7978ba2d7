import { z } from 'zod';
import type { SampleCandidates } from '../../shared/run/candidates.ts';
import type { SampleLabels } from '../../shared/run/labels/sample-labels.ts';
import type { MatchedCandidates, PrecisionForm } from '../matching/match-candidates.ts';
import { type BlockSums, hashedBlock } from '../result/block-sums.ts';
import { countRecord } from '../result/count-lists.ts';
import { BackgroundPeaks, type PeakImage, packedPeaksSchema } from '../trust/background-peaks.ts';
import { packedTrustSchema, type SummedObject, TrustSums } from '../trust/trust-sums.ts';
import { BlockTallies, packedTalliesSchema } from './block-tallies.ts';
import { GroupBlocks, packedBlocksSchema } from './group-blocks.ts';
import { LabelDigest } from './label-digest.ts';
import { PrecisionSums, packedPrecisionSumsSchema } from './precision-sums.ts';

const count = z.number().int().nonnegative();

/** What is counted once, whatever the block. */
const countsSchema = z.object({
  labeled: count,
  background: count,
  unusable: count,
  /** Images that could not be explained. */
  failed: count,
  objects: count,
  /** Images whose labels are others than those that the run read. */
  changed: count,
  unjudged: count,
  /** Images whose candidates should be there and cannot be read. */
  lost: count,
});
type Counts = z.infer<typeof countsSchema>;

export const packedSumsSchema = z.object({
  counts: countsSchema,
  labels: z.string().regex(/^[0-9a-f]{64}$/),
  blocks: packedBlocksSchema,
  tallies: packedTalliesSchema,
  precision: packedPrecisionSumsSchema,
  trust: packedTrustSchema,
  peaks: packedPeaksSchema,
  /** `predicted>labeled` -> how often; an empty side is the background. */
  confusions: countRecord.refine((pairs) =>
    Object.keys(pairs).every((pair) => /^\d*>\d*$/.test(pair)),
  ),
});
export type PackedSums = z.infer<typeof packedSumsSchema>;

/** One image as it was judged. */
export interface JudgedImage {
  readonly key: string;
  readonly group: string;
  /** `undefined`: it could not be explained. */
  readonly labels: SampleLabels | undefined;
  readonly changed: boolean;
  readonly objects: readonly SummedObject[];
  /** How high the evidence of its classes rises; absent for a classifier. */
  readonly evidence?: PeakImage['evidence'] | undefined;
  /** What average precision takes; `lost`: it should be there. */
  readonly precision?:
    | { readonly candidates: SampleCandidates; readonly matched: MatchedCandidates }
    | 'lost'
    | undefined;
  readonly confusions: readonly (readonly [
    predicted: number | undefined,
    labeled: number | undefined,
  ])[];
  /** Of a classifier: whether the class of its label is on top, and among the first five. */
  readonly ranked?: { readonly top1: boolean; readonly top5: boolean };
}

/**
 * All that an evaluation rests on, in whole numbers: parts of a dataset merge in any order to the same bytes, in memory that does not grow with the images.
 */
export class EvaluationSums {
  readonly blocks = new GroupBlocks();
  readonly tallies = new BlockTallies();
  readonly trust = new TrustSums();
  readonly peaks = new BackgroundPeaks();
  readonly precision: PrecisionSums;
  readonly counts: Counts = {
    ...{ labeled: 0, background: 0, unusable: 0, failed: 0 },
    ...{ objects: 0, changed: 0, unjudged: 0, lost: 0 },
  };
  readonly confusions = new Map<string, number>();
  readonly #digest = new LabelDigest();

  /** @param forms by what overlaps average precision is taken; none of a classifier */
  constructor(forms: readonly PrecisionForm[]) {
    this.precision = new PrecisionSums(forms);
  }

  /** Names the groups of images that will be added: all of them before the first, so that sums need not be renamed on the way. */
  addGroups(groups: Iterable<string>): void {
    if (this.blocks.add(groups)) this.#rename();
  }

  addImage(image: JudgedImage): void {
    const { key, group, labels, changed, objects } = image;
    this.#digest.add(key, labels);
    this.counts[labels?.status ?? 'failed'] += 1;
    if (changed) this.counts.changed += 1;
    this.counts.unjudged += objects.filter(({ outcome }) => outcome === 'unjudged').length;
    if (labels === undefined || labels.status === 'unusable') return;
    const block = this.blocks.blockOf(group);
    this.tallies.add('images', block);
    this.#addObjects(image, block);
    const { precision } = image;
    if (precision === 'lost') this.counts.lost += 1;
    else if (precision) this.precision.add(precision.candidates, precision.matched, block);
    for (const [predicted, labeled] of image.confusions) {
      const pair = `${predicted ?? ''}>${labeled ?? ''}`;
      this.confusions.set(pair, (this.confusions.get(pair) ?? 0) + 1);
    }
    const { ranked } = image;
    if (ranked === undefined) return;
    this.tallies.add('ranked', block);
    if (ranked.top1) this.tallies.add('top1', block);
    if (ranked.top5) this.tallies.add('top5', block);
  }

  #addObjects({ labels, objects, evidence, ranked }: JudgedImage, block: string): void {
    let found = 0;
    const labeled = new Set<number>();
    for (const one of objects) {
      const { outcome, classId, size } = one;
      if (outcome === 'unjudged') continue;
      this.tallies.add(`${outcome}/${classId}/${size}`, block);
      if (ranked === undefined) this.trust.add(one, block);
      if (outcome === 'fp') found += 1;
      else {
        this.counts.objects += 1;
        labeled.add(classId);
      }
    }
    for (const classId of labeled) this.tallies.add(`images/${classId}`, block);
    if (labels === undefined) return;
    const { status } = labels;
    if (evidence) this.peaks.add({ status, labeled: [...labeled], evidence }, block);
    if (status !== 'background') return;
    this.tallies.add('background', block);
    this.tallies.add('background/fp', block, found);
    if (found > 0) this.tallies.add('background/lit', block);
  }

  get labelDigest(): string {
    return this.#digest.toHex();
  }

  pack(): PackedSums {
    return {
      counts: { ...this.counts },
      labels: this.#digest.toHex(),
      blocks: this.blocks.pack(),
      tallies: this.tallies.pack(),
      precision: this.precision.pack(),
      trust: this.trust.pack(),
      peaks: this.peaks.pack(),
      confusions: Object.fromEntries([...this.confusions].sort(([a], [b]) => (a < b ? -1 : 1))),
    };
  }

  /** Adds nothing. @throws RangeError for what nobody packed: what `merge` would throw. The schema holds what tallies may be. */
  check(packed: PackedSums): void {
    this.precision.check(packed.precision);
    TrustSums.check(packed.trust);
    new BackgroundPeaks().merge(packed.peaks);
  }

  /** @throws RangeError for what nobody packed; a part of it may have been added by then. */
  merge(packed: PackedSums): void {
    for (const [name, value] of Object.entries(packed.counts)) {
      this.counts[name as keyof Counts] += value;
    }
    this.#digest.addHex(packed.labels);
    if (this.blocks.merge(packed.blocks)) this.#rename();
    const isPlain = this.blocks.hashed && !packed.blocks.hashed;
    const named = <Packed>(sums: Packed, empty: BlockSums<Packed>) =>
      isPlain ? renamed(sums, empty) : sums;
    this.tallies.merge(named(packed.tallies, new BlockTallies()));
    const { forms } = this.precision;
    this.precision.merge(named(packed.precision, new PrecisionSums(forms)));
    this.trust.merge(named(packed.trust, new TrustSums()));
    this.peaks.merge(named(packed.peaks, new BackgroundPeaks()));
    for (const [pair, value] of Object.entries(packed.confusions)) {
      this.confusions.set(pair, (this.confusions.get(pair) ?? 0) + value);
    }
  }

  #rename(): void {
    const all = [this.tallies, this.trust, this.peaks, this.precision];
    for (const sums of all) sums.renameBlocks(hashedBlock);
  }
}

/** Sums by group, as sums by hashed block. */
function renamed<Packed>(packed: Packed, empty: BlockSums<Packed>): Packed {
  empty.merge(packed);
  empty.renameBlocks(hashedBlock);
  return empty.pack();
}
