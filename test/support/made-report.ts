import { encodeObjects } from '../../src/evaluate/result/object-table.ts';
import { withEvaluation } from '../../src/report/findings/evaluation-headlines.ts';
import { renderReport } from '../../src/report/render-report.ts';
import { loadPictures } from '../../src/report/report-pictures.ts';
import { summarize } from '../../src/report/summary/summary.ts';
import type { Verdict } from '../../src/report/summary/verdict-schema.ts';
import { readTable } from '../../src/shared/results/parquet-table.ts';
import { outlierRuleOf } from '../../src/shared/statistics/outlier-rule.ts';
import { MemoryStore } from '../../src/shared/storage/memory-store.ts';
import { withBoxMaps } from './made-box-maps.ts';
import { madeEvaluation, withLabels } from './made-evaluation.ts';
import { withEvidence } from './made-evidence.ts';
import {
  type MadeRowsOptions,
  type MadeSpecOptions,
  madeRows,
  madeSpec,
  madeStatistics,
} from './made-run.ts';
import { storeMadePhotos, storeMadeRun } from './stored-run.ts';

export interface MadeReportOptions {
  readonly spec?: MadeSpecOptions;
  readonly rows: MadeRowsOptions;
  /** Photos and maps of noise, the worst case for size. */
  readonly noise?: boolean;
  /** Class evidence of the objects that were found. */
  readonly evidence?: boolean;
  /** Box maps of the strongest objects that were found. */
  readonly boxMaps?: boolean;
  /** Only so many of the first images have a photo. */
  readonly photos?: number;
  /** Labels, and what they say of the objects. */
  readonly labels?: boolean;
  readonly verdict?: Verdict;
  /** Shards that a fleet gave up, with the reason. */
  readonly failedShards?: ReadonlyMap<number, string>;
}

/** A whole page from made results. */
export async function madeReport(options: MadeReportOptions): Promise<string> {
  const { noise = false, photos = options.rows.images } = options;
  const { images, task = 'detect' } = options.rows;
  const shardSize = 256;
  const spec = madeSpec({ images: Math.max(1, images), shardSize, task, ...options.spec });
  const plain = madeRows({ ...options.rows, shardSize });
  const scored = options.evidence ? withEvidence(plain) : plain;
  const found = options.boxMaps ? withBoxMaps(scored) : scored;
  const rows = options.labels ? withLabels(found, spec.model.classNames.length) : found;
  const store = new MemoryStore('results');
  const imageStore = new MemoryStore('images');
  await storeMadeRun(store, spec, rows, { noise });
  await storeMadePhotos(imageStore, rows.slice(0, photos), { noise });
  const statistics = madeStatistics(rows, shardSize);
  const summary = summarize({
    ...{ spec, statistics },
    timings: { stagesMs: { decode: 100, inference: 400 }, wallMs: 500 },
    devices: { cpu: images },
    ...(options.failedShards && { failedShards: options.failedShards }),
  });
  const outlierRule = outlierRuleOf(statistics, spec.options.flags.outlierZ);
  const made = options.labels ? madeEvaluation(spec, rows, shardSize) : undefined;
  const evaluation = made?.evaluation;
  const evaluated = made && {
    evaluation: made.evaluation,
    objects: [await readTable(encodeObjects(made.objects, spec.model.classNames))],
  };
  const pictures = await loadPictures(
    { store, imageStore, spec, statistics, outlierRule, evaluated },
    summary,
  );
  const judged = { evaluation, verdict: options.verdict };
  return renderReport({
    summary: withEvaluation(summary, evaluation),
    spec,
    ...pictures,
    ...judged,
    out: store.uri,
  });
}
