import { iouThresholds } from '../matching/iou-thresholds.ts';
import { averagePrecision, type RankedCells } from './average-precision.ts';
import { togetherRuns } from './block-rows.ts';
import { rankedCells } from './ranked-cells.ts';
import type { ScoreRun } from './score-run.ts';

/** The candidates of one class in one block, and its labels there. */
export interface BlockPart {
  readonly block: number;
  readonly run: ScoreRun;
  readonly labels: number;
}

/** Average precision of a class at each threshold: of all of its blocks, and without each of them. */
export interface ClassWithout {
  /** [10] */
  readonly all: Float64Array;
  /** By the order of the parts: [10], or `undefined` where no label is left. */
  readonly without: readonly (Float64Array | undefined)[];
}

/**
 * Average precision of a class without each block in turn, for a jackknife. Each threshold ranks the candidates of all blocks once; without a block, what it
 * put into each cell is taken out, which costs a pass over the cells with true positives and over the block's own candidates.
 *
 * @param parts Their runs have one row, the same for all.
 * @param first Of the form's ten bits in the patterns.
 */
export function classWithout(parts: readonly BlockPart[], first: number): ClassWithout {
  const labels = parts.reduce((sum, part) => sum + part.labels, 0);
  const run = togetherRuns(parts.map((part) => part.run));
  const all = new Float64Array(iouThresholds.length);
  const without = parts.map((part) =>
    labels - part.labels > 0 ? new Float64Array(iouThresholds.length) : undefined,
  );
  for (let threshold = 0; threshold < iouThresholds.length; threshold++) {
    const bit = first + threshold;
    const cells = rankedCells(run, [0, run.keys.length], bit);
    const keys = keysOfCells(run, bit);
    all[threshold] = labels === 0 ? 0 : averagePrecision(cells, labels);
    for (const [i, part] of parts.entries()) {
      const left = without[i];
      if (left === undefined) continue;
      const rest = cellsWithout(cells, keys, part.run, bit);
      left[threshold] = averagePrecision(rest, labels - part.labels);
    }
  }
  return { all, without };
}

/** Keys of the cells with true positives, falling, as `rankedCells` has them. */
function keysOfCells({ keys, patterns }: ScoreRun, bit: number): Float64Array {
  const found: number[] = [];
  for (let i = keys.length - 1; i >= 0; i--) {
    if ((patterns[i]! & (1 << bit)) !== 0 && found.at(-1) !== keys[i]) found.push(keys[i]!);
  }
  return Float64Array.from(found);
}

function cellsWithout(
  cells: RankedCells,
  cellKeys: Float64Array,
  { keys, patterns, counts }: ScoreRun,
  bit: number,
): RankedCells {
  const found = cells.found.slice();
  const beside = cells.beside.slice();
  const before = cells.before.slice();
  let cell = 0;
  for (let i = keys.length - 1; i >= 0; i--) {
    while (cell < cellKeys.length && cellKeys[cell]! > keys[i]!) cell += 1;
    // What comes after the last true positive counts nowhere.
    if (cell === cellKeys.length) break;
    if (cellKeys[cell] !== keys[i]) before[cell]! -= counts[i]!;
    else if ((patterns[i]! & (1 << bit)) !== 0) found[cell]! -= counts[i]!;
    else beside[cell]! -= counts[i]!;
  }
  return { found, beside, before };
}
