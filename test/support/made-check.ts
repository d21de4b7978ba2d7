import type { Evaluation } from '../../src/evaluate/result/evaluation.ts';
import type { Figure } from '../../src/evaluate/result/figure.ts';
import { summarize } from '../../src/report/summary/summary.ts';
import { type Summary, summarySchema } from '../../src/report/summary/summary-schema.ts';
import { jackknifeInterval } from '../../src/shared/intervals/jackknife-interval.ts';
import { ratioInterval } from '../../src/shared/intervals/ratio-interval.ts';
import { type CheckedRun, checkedRun } from '../../src/verdict/figures/checked-run.ts';
import { type MadeRowsOptions, madeRows, madeSpec, madeStatistics } from './made-run.ts';

/** Found and labeled objects of one group of images. */
export interface MadeGroup {
  readonly name: string;
  readonly found: number;
  readonly labels: number;
  readonly images?: number;
}

export interface MadeEvaluationOptions {
  /** By class; all have the same groups. */
  readonly classes: Readonly<Record<string, readonly MadeGroup[]>>;
  readonly by?: string;
}

/** An evaluation of which only what rules and comparisons read is filled: figures and blocks. `map50` is made to be the recall of all classes. */
export function madeEvaluation({ classes, by = 'image' }: MadeEvaluationOptions): Evaluation {
  const figures: Record<string, Figure> = {};
  const blocks: Evaluation['blocks'] = {
    hashed: false,
    names: [],
    images: [],
    ratios: {},
    without: {},
  };
  const all = new Map<string, { found: number; labels: number; images: number }>();
  for (const [name, groups] of Object.entries(classes)) {
    for (const { name: group, found, labels, images = 1 } of groups) {
      const sum = all.get(group) ?? { found: 0, labels: 0, images };
      all.set(group, { found: sum.found + found, labels: sum.labels + labels, images });
    }
    Object.assign(figures, recallOf(`recall.${name}`, groups, blocks));
    const misses = groups.reduce((sum, one) => sum + one.labels - one.found, 0);
    figures[`misses.${name}`] = {
      value: misses,
      n: figures[`recall.${name}`]?.n ?? 0,
      of: 'objects',
    };
  }
  const groups = [...all].map(([name, sums]) => ({ name, ...sums }));
  Object.assign(figures, recallOf('recall', groups, blocks));
  blocks.names = groups.map(({ name }) => name);
  blocks.images = groups.map(({ images }) => images);
  const [found, labels] = [
    sumOf(groups.map((one) => one.found)),
    sumOf(groups.map((one) => one.labels)),
  ];
  blocks.without.map50 = groups.map((one) => (found - one.found) / (labels - one.labels));
  figures.map50 = {
    value: found / labels,
    n: labels,
    of: 'objects',
    ...jackknifeInterval(found / labels, blocks.without.map50, { range: [0, 1] }),
  };
  const images = sumOf(blocks.images);
  return {
    schema: 'evaluation@1',
    evaluationId: 'e'.repeat(12),
    runId: 'a1b2c3d4e5f6',
    rules: { iouThreshold: 0.5, group: by, version: 1, like: 'ultralytics 8.4.190' },
    confThreshold: 0.25,
    labels: {
      digest: 'd'.repeat(64),
      source: 'beside',
      labeled: images,
      background: 0,
      unusable: 0,
      failed: 0,
      objects: labels,
    },
    objects: { rows: 0, parts: [] },
    groups: { by, count: groups.length },
    blocks,
    figures,
  };
}

function recallOf(
  name: string,
  groups: readonly MadeGroup[],
  blocks: Evaluation['blocks'],
): Record<string, Figure> {
  const numerators = groups.map(({ found }) => found);
  const denominators = groups.map(({ labels }) => labels);
  const n = sumOf(denominators);
  if (n === 0)
    return { [name]: { value: null, n, of: 'objects', why: 'There are no labels of this class.' } };
  blocks.ratios[name] = { numerators, denominators };
  const interval = ratioInterval({ numerators, denominators }, { range: [0, 1] });
  return { [name]: { value: sumOf(numerators) / n, n, of: 'objects', ...interval } };
}

/** A summary of made rows. */
export function madeSummary(
  rows: MadeRowsOptions,
  failedShards?: ReadonlyMap<number, string>,
): Summary {
  const spec = madeSpec({ images: rows.images });
  return summarySchema.parse(
    summarize({
      ...{ spec, statistics: madeStatistics(madeRows(rows), 256) },
      timings: { stagesMs: {}, wallMs: 500 },
      devices: { cpu: rows.images },
      ...(failedShards && { failedShards }),
    }),
  );
}

/** A run of 200 images, of which 10 could not be decoded. */
export function madeChecked(evaluation?: Evaluation): CheckedRun {
  const failed = (index: number) =>
    index % 20 === 0
      ? ({ status: 'failed_to_decode', reason: 'The file is empty.' } as const)
      : undefined;
  return checkedRun(madeSummary({ images: 200, failed }), evaluation);
}

/** Groups `a0`, `a1`, ... of as many labels each. */
export function madeGroups(found: readonly number[], labels: number, prefix = 'a'): MadeGroup[] {
  return found.map((one, i) => ({ name: `${prefix}${i}`, found: one, labels }));
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
