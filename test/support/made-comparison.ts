import type { Evaluation } from '../../src/evaluate/result/evaluation.ts';
import type { Figure } from '../../src/evaluate/result/figure.ts';
import { summarizeRun } from '../../src/report/summarize-run.ts';
import { ratioInterval } from '../../src/shared/intervals/ratio-interval.ts';
import type { RunSpec } from '../../src/shared/run/run-spec.ts';
import { MemoryStore } from '../../src/shared/storage/memory-store.ts';
import type { ComparedRun } from '../../src/verdict/compare/compared-run.ts';
import { type MadeRowsOptions, type MadeSpecOptions, madeRows, madeSpec } from './made-run.ts';
import { storeMadeRun } from './stored-run.ts';

export interface MadeComparedRun {
  readonly runId: string;
  readonly name?: string;
  readonly model?: string;
  readonly spec?: MadeSpecOptions;
  readonly rows: MadeRowsOptions;
  /** Class name -> labels found and missed, and false positives, in each image. */
  readonly judged?: Readonly<Record<string, JudgedClass>>;
}

export interface JudgedClass {
  readonly tp: (image: number) => number;
  readonly fn: (image: number) => number;
  readonly fp: (image: number) => number;
}

/** A run that was never made, summarized in a store of its own. */
export async function madeComparedRun(options: MadeComparedRun): Promise<ComparedRun> {
  const { runId, name, model = `${runId}.onnx`, judged } = options;
  const store = new MemoryStore(`results-${runId}`);
  const plain = madeSpec({ images: options.rows.images, ...options.spec });
  const uri = `file:///models/${model}`;
  const planned: RunSpec = { ...plain, runId, model: { ...plain.model, uri } };
  await storeMadeRun(store, planned, madeRows(options.rows));
  const outcome = await summarizeRun({ store, runId, imageStore: undefined });
  if (outcome.status !== 'summarized') throw new Error('The made run is incomplete.');
  const { summary } = outcome;
  const evaluation = judged && madeEvaluation(planned, options.rows.images, judged);
  return {
    store,
    runId,
    spec: planned,
    summary,
    ...(name && { name }),
    ...(evaluation && { evaluation }),
  };
}

/** An evaluation with recall and precision by class, each image a group. */
export function madeEvaluation(
  { runId, model }: RunSpec,
  images: number,
  judged: Readonly<Record<string, JudgedClass>>,
): Evaluation {
  const figures: Record<string, Figure> = {};
  const ratios: Evaluation['blocks']['ratios'] = {};
  const over = (of: (image: number) => number) => Array.from({ length: images }, (_, i) => of(i));
  const sum = (values: readonly number[]) => values.reduce((all, value) => all + value, 0);
  const ratio = (name: string, numerators: number[], denominators: number[]): Figure => {
    const n = sum(denominators);
    const interval = ratioInterval({ numerators, denominators }, { range: [0, 1] });
    const made: Figure = {
      value: n > 0 ? sum(numerators) / n : null,
      n,
      of: 'objects',
      ...interval,
    };
    figures[name] = made;
    ratios[name] = { numerators, denominators };
    return made;
  };
  const none: Figure = { value: null, n: 0, of: 'objects', why: 'Nothing was counted.' };
  const classes = Object.entries(judged).map(([name, counts]) => {
    const [tp, fn, fp] = [over(counts.tp), over(counts.fn), over(counts.fp)];
    const labels = tp.map((count, i) => count + fn[i]!);
    const found = tp.map((count, i) => count + fp[i]!);
    return {
      ...{ classId: model.classNames.indexOf(name), name, labels: sum(labels), images },
      ...{ tp: sum(tp), fp: sum(fp), fn: sum(fn), f1: none, precisions: [], sizes: [] },
      recall: ratio(`recall.${name}`, tp, labels),
      precision: ratio(`precision.${name}`, tp, found),
    };
  });
  const labels = { digest: 'd', source: 'labels', labeled: images, background: 0, unusable: 0 };
  const counts = { tp: 0, fp: 0, fn: 0, precision: none, recall: none, f1: none };
  return {
    schema: 'evaluation@1',
    ...{ evaluationId: `of-${runId}`, runId, confThreshold: 0.25, figures },
    rules: { iouThreshold: 0.5, group: 'image', version: 1, like: 'Ultralytics' },
    labels: { ...labels, failed: 0, objects: classes.reduce((all, one) => all + one.labels, 0) },
    groups: { by: 'image', count: images },
    objects: { rows: 0, parts: [] },
    detection: {
      ...{
        ...counts,
        unjudged: 0,
        precisions: [],
        apName: 'mAP',
        confusions: [],
        sizes: [],
        classes,
      },
      background: { images: 0, lit: 0, litShare: none, falsePositives: none },
    },
    blocks: {
      hashed: false,
      names: over(() => 0).map((_, i) => `image-${String(i).padStart(5, '0')}.jpg`),
      images: over(() => 1),
      ...{ ratios, without: {} },
    },
  };
}
