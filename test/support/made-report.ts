import { typicalColumn } from '../../src/report/gallery/gallery.ts';
import { loadGallery } from '../../src/report/gallery/load-gallery.ts';
import { renderReport } from '../../src/report/render-report.ts';
import { summarize } from '../../src/report/summary/summary.ts';
import { outlierRuleOf } from '../../src/shared/statistics/outlier-rule.ts';
import { MemoryStore } from '../../src/shared/storage/memory-store.ts';
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
  /** Only so many of the first images have a photo. */
  readonly photos?: number;
  /** Shards that a fleet gave up, with the reason. */
  readonly failedShards?: ReadonlyMap<number, string>;
}

/** A whole page from made results. */
export async function madeReport(options: MadeReportOptions): Promise<string> {
  const { noise = false, photos = options.rows.images } = options;
  const { images, task = 'detect' } = options.rows;
  const shardSize = 256;
  const spec = madeSpec({ images: Math.max(1, images), shardSize, task, ...options.spec });
  const made = madeRows({ ...options.rows, shardSize });
  const rows = options.evidence ? withEvidence(made) : made;
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
  const median = summary.measures[typicalColumn(statistics)]?.quantiles.p50 ?? 0;
  const outlierRule = outlierRuleOf(statistics, spec.options.flags.outlierZ);
  const source = { store, imageStore, spec, statistics, median, outlierRule };
  const groups = await loadGallery(source);
  return renderReport({ summary, spec, groups, out: store.uri });
}
