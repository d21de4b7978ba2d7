import { z } from 'zod';
import { ratioInterval } from '../../shared/intervals/ratio-interval.ts';
import type { ClassEvidenceFigures } from '../../shared/run/evidence/class-evidence.ts';
import type { LabelStatus } from '../../shared/run/labels/sample-labels.ts';
import type { BlockSums } from '../result/block-sums.ts';
import { countRows } from '../result/count-lists.ts';
import type { Figure } from '../result/figure.ts';

/** One image: what its labels say, and how high the evidence of each class that is known rises. */
export interface PeakImage {
  readonly status: LabelStatus;
  /** Classes of its labels. */
  readonly labeled: readonly number[];
  readonly evidence: readonly Pick<ClassEvidenceFigures, 'classId' | 'high'>[];
}

/** Peaks are counted in steps of an eighth of a logit, up to 32. */
const stepsPerLogit = 8;
const mostSteps = 256;

/** Fewer images of a class do not say what is usual. */
const fewestUsual = 20;
/** Of the images that have a class, so many rise less high than what counts as usual. */
const lowShare = 0.05;

/** Rows of class, step and count; of background with the index of a block before the count. Sorted. */
export const packedPeaksSchema = z.object({
  blocks: z.array(z.string()),
  usual: countRows<[number, number, number]>(3),
  background: countRows<[number, number, number, number]>(4),
});
export type PackedPeaks = z.infer<typeof packedPeaksSchema>;

/**
 * Whether background lights up: how high the evidence of the class that speaks up most rises in images without any object, against images that have objects of that
 * class. Of an image without a detection the run keeps that class.
 */
export class BackgroundPeaks implements BlockSums<PackedPeaks> {
  readonly #usual = new Map<number, Map<number, number>>();
  readonly #background = new Map<string, Map<number, Map<number, number>>>();

  add({ status, labeled, evidence }: PeakImage, block: string): void {
    if (status === 'labeled') {
      const classes = new Set(labeled);
      for (const { classId, high } of evidence) {
        if (classes.has(classId)) addTo(this.#usual, classId, stepOf(high), 1);
      }
    }
    if (status !== 'background') return;
    const [strongest] = evidence.toSorted((a, b) => b.high - a.high || a.classId - b.classId);
    if (strongest === undefined) return;
    addTo(this.#at(block), strongest.classId, stepOf(strongest.high), 1);
  }

  pack(): PackedPeaks {
    const blocks = [...this.#background.keys()].sort();
    const background = blocks.flatMap((block, place) =>
      rowsOf(this.#at(block)).map(
        ([classId, step, images]) =>
          [classId, step, place, images] as [number, number, number, number],
      ),
    );
    return { blocks, usual: rowsOf(this.#usual), background };
  }

  merge({ blocks, usual, background }: PackedPeaks): void {
    for (const [classId, step, images] of usual) addTo(this.#usual, classId, step, images);
    for (const [classId, step, place, images] of background) {
      const block = blocks[place];
      if (block === undefined) throw new RangeError('The peaks of background are damaged: block.');
      addTo(this.#at(block), classId, step, images);
    }
  }

  renameBlocks(nameOf: (block: string) => string): void {
    const before = [...this.#background];
    this.#background.clear();
    for (const [block, sums] of before) {
      const into = this.#at(nameOf(block));
      for (const [classId, step, images] of rowsOf(sums)) addTo(into, classId, step, images);
    }
  }

  /** The share of background images whose strongest evidence rises as high as in all but the lowest twentieth of the images that have that class. */
  build(): Figure {
    const limits = new Map(
      [...this.#usual].flatMap(([classId, steps]) => {
        const limit = lowestUsual(steps);
        return limit === undefined ? [] : [[classId, limit] as const];
      }),
    );
    const sums = [...this.#background]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, ofBlock]) => litOf(rowsOf(ofBlock), limits));
    const n = sums.reduce((sum, { images }) => sum + images, 0);
    if (n === 0) return { value: null, n, of: 'images', why: this.#whyNone() };
    const numerators = sums.map(({ lit }) => lit);
    const denominators = sums.map(({ images }) => images);
    const value = numerators.reduce((sum, lit) => sum + lit, 0) / n;
    const interval = ratioInterval({ numerators, denominators }, { range: [0, 1] });
    return { value, n, of: 'images', ...interval };
  }

  #whyNone(): string {
    if (this.#background.size === 0) return 'No evidence of background images is stored.';
    return `What is usual takes ${fewestUsual} images that have the class.`;
  }

  #at(block: string): Map<number, Map<number, number>> {
    const known = this.#background.get(block) ?? new Map<number, Map<number, number>>();
    this.#background.set(block, known);
    return known;
  }
}

function stepOf(high: number): number {
  return Math.min(mostSteps - 1, Math.max(0, Math.floor(high * stepsPerLogit)));
}

function addTo(
  sums: Map<number, Map<number, number>>,
  classId: number,
  step: number,
  images: number,
): void {
  const steps = sums.get(classId) ?? new Map<number, number>();
  steps.set(step, (steps.get(step) ?? 0) + images);
  sums.set(classId, steps);
}

function rowsOf(
  sums: ReadonlyMap<number, ReadonlyMap<number, number>>,
): [classId: number, step: number, images: number][] {
  return [...sums]
    .flatMap(([classId, steps]) =>
      [...steps].map(([step, images]) => [classId, step, images] as [number, number, number]),
    )
    .sort((a, b) => a[0] - b[0] || a[1] - b[1]);
}

/** The step that a twentieth of the images does not reach. */
function lowestUsual(steps: ReadonlyMap<number, number>): number | undefined {
  const images = [...steps.values()].reduce((sum, one) => sum + one, 0);
  if (images < fewestUsual) return undefined;
  let below = 0;
  for (const [step, ofStep] of [...steps].sort(([a], [b]) => a - b)) {
    if (below + ofStep > lowShare * images) return step;
    below += ofStep;
  }
  return undefined;
}

function litOf(
  rows: readonly (readonly [classId: number, step: number, images: number])[],
  limits: ReadonlyMap<number, number>,
): { images: number; lit: number } {
  let [images, lit] = [0, 0];
  for (const [classId, step, some] of rows) {
    const limit = limits.get(classId);
    if (limit === undefined) continue;
    images += some;
    lit += step >= limit ? some : 0;
  }
  return { images, lit };
}
