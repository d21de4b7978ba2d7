import { iouThresholds } from '../matching/iou-thresholds.ts';
import type { PrecisionForm } from '../matching/match-candidates.ts';
import { rowPart, rowsIn } from './block-rows.ts';
import { meanOf } from './form-precision.ts';
import { type BlockPart, type ClassWithout, classWithout } from './leave-one-out.ts';
import { mostPrecisionBlocks } from './precision-blocks.ts';
import type { ScoreRun } from './score-run.ts';

/** Average precision without each block in turn. */
export interface Jackknife {
  /** Blocks that have images, ascending; the arrays below are in this order. */
  readonly blocks: readonly number[];
  readonly forms: readonly FormJackknife[];
}

export interface FormJackknife {
  readonly form: PrecisionForm;
  readonly all: LeftAverages;
  readonly ap50: readonly (number | null)[];
  readonly ap50To95: readonly (number | null)[];
  readonly classes: readonly ClassJackknife[];
}

/** Of all blocks, at the resolution that the others have: compare them with these. */
interface LeftAverages {
  readonly ap50: number | null;
  readonly ap50To95: number | null;
}

export interface ClassJackknife {
  readonly classId: number;
  readonly all: LeftAverages;
  /** `null` where no label is left without the block. */
  readonly ap50: readonly (number | null)[];
  readonly ap50To95: readonly (number | null)[];
}

export interface JackknifePlan {
  readonly forms: readonly PrecisionForm[];
  readonly blocks: readonly number[];
  /** Row (class x 128 + block) -> its labels. */
  readonly labels: ReadonlyMap<number, number>;
}

/** @param run Rows are blocks of classes. */
export function jackknife(run: ScoreRun, { forms, blocks, labels }: JackknifePlan): Jackknife {
  const parts = partsByClass(run, labels);
  return {
    blocks,
    forms: forms.map((form, place) => {
      const classes = [...parts].map(([classId, own]) => {
        const found = classWithout(own, place * iouThresholds.length);
        return classJackknife(classId, blocks, own, found);
      });
      return {
        form,
        all: {
          ap50: meanOfKnown(classes.map(({ all }) => all.ap50)),
          ap50To95: meanOfKnown(classes.map(({ all }) => all.ap50To95)),
        },
        ap50: blocks.map((_, i) => meanOfKnown(classes.map(({ ap50 }) => ap50[i] ?? null))),
        ap50To95: blocks.map((_, i) =>
          meanOfKnown(classes.map(({ ap50To95 }) => ap50To95[i] ?? null)),
        ),
        classes,
      };
    }),
  };
}

/** By class id, ascending; classes without labels are left out. */
function partsByClass(
  run: ScoreRun,
  labels: ReadonlyMap<number, number>,
): Map<number, readonly BlockPart[]> {
  const labeled = new Set([...labels.keys()].map((row) => Math.floor(row / mostPrecisionBlocks)));
  const rows = [...new Set([...rowsIn(run), ...labels.keys()])].sort((a, b) => a - b);
  const parts = new Map<number, BlockPart[]>();
  for (const row of rows) {
    const classId = Math.floor(row / mostPrecisionBlocks);
    if (!labeled.has(classId)) continue;
    const own = parts.get(classId) ?? [];
    own.push({
      block: row % mostPrecisionBlocks,
      run: rowPart(run, row),
      labels: labels.get(row) ?? 0,
    });
    parts.set(classId, own);
  }
  return parts;
}

function classJackknife(
  classId: number,
  blocks: readonly number[],
  parts: readonly BlockPart[],
  { all, without }: ClassWithout,
): ClassJackknife {
  const places = new Map(parts.map(({ block }, i) => [block, i]));
  // A block that has nothing of the class changes nothing.
  const left = blocks.map((block) => {
    const place = places.get(block);
    return place === undefined ? all : without[place];
  });
  return {
    classId,
    all: { ap50: all[0]!, ap50To95: meanOf([...all]) },
    ap50: left.map((ap) => ap?.[0] ?? null),
    ap50To95: left.map((ap) => (ap ? meanOf([...ap]) : null)),
  };
}

function meanOfKnown(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : meanOf(known);
}
