import { summarize } from '../../src/report/summary/summary.ts';
import { measureColumnsOf } from '../../src/shared/results/measure-columns.ts';
import { type Column, columnNames, TableWriter } from '../../src/shared/results/parquet-table.ts';
import { rowSchema } from '../../src/shared/results/sample-row-columns.ts';
import { objectKeys } from '../../src/shared/run/object-keys.ts';
import type { ObjectStore } from '../../src/shared/storage/object-store.ts';
import { madeRows, madeSpec, madeStatistics } from '../../test/support/made-run.ts';
import { seededRandom } from '../../test/support/seeded-random.ts';

const shardSize = 256;
const rowsPerGroup = 5_000;
const groupsPerPart = 20;

export interface WrittenRun {
  readonly runId: string;
  readonly seed: number;
  readonly images: number;
  /** Whether a tenth of the pictures are this run's own. */
  readonly others: boolean;
}

/** Writes what a comparison reads of a finished run without maps: run.json, the last manifest, summary.json and images/. */
export async function writeComparedRun(
  store: ObjectStore,
  { runId, seed, images, others }: WrittenRun,
): Promise<void> {
  const spec = { ...madeSpec({ images, shardSize, maps: false }), runId };
  const few = madeRows({ images: 100, seed });
  const summary = summarize({
    ...{ spec, statistics: madeStatistics(few, shardSize, false), devices: { cpu: 100 } },
    timings: { stagesMs: { inference: 1 }, wallMs: 1 },
  });
  await putJson(store, objectKeys.run(runId), spec);
  await store.put(objectKeys.manifest(runId, spec.dataset.shards - 1), new Uint8Array());
  await putJson(store, objectKeys.summaryJson(runId), summary);
  const measures = measureColumnsOf(spec);
  const columns = { shard: 0, measureColumns: measures, layers: ['model_15', 'model_21'] };
  const schema = rowSchema({ ...columns, classNames: spec.model.classNames });
  const names = columnNames(schema);
  for (let part = 0, first = 0; first < images; part++) {
    const writer = new TableWriter(schema);
    for (let group = 0; group < groupsPerPart && first < images; group++) {
      const rows = Math.min(rowsPerGroup, images - first);
      const filled = groupColumns({ first, rows, seed, measures, others });
      const none = new Array<null>(rows).fill(null);
      writer.append(new Map(names.map((name) => [name, filled.get(name) ?? none])));
      first += rows;
    }
    await store.put(objectKeys.images(runId, part), writer.finish());
  }
}

interface RowGroup {
  readonly first: number;
  readonly rows: number;
  readonly seed: number;
  readonly measures: readonly string[];
  readonly others: boolean;
}

/** Values of an image are nearly the same in both runs. */
function groupColumns({ first, rows, seed, measures, others }: RowGroup): Map<string, Column> {
  const random = seededRandom(first * 10 + seed);
  const of = (value: (i: number) => unknown) =>
    Array.from({ length: rows }, (_, i) => value(first + i));
  const base = seededRandom(first + 77);
  const columns: [string, Column][] = measures.map((name) => [
    name,
    of(() => (name === 'detections' ? 2 : 0.2 + 0.5 * base() + 0.02 * random())),
  ]);
  const isOther = (i: number) => others && i % 10 === 0;
  const box = { x1: 0, y1: 0, x2: 9, y2: 9, score: 0.5 };
  const boxes = [0, 1].map((class_id) => ({ ...box, class_id, class_name: 'RBC' }));
  return new Map<string, Column>([
    ['shard', of((i) => Math.floor(i / shardSize))],
    ['shard_row', of((i) => i % shardSize)],
    ['key', of((i) => `camera/${String(i).padStart(9, '0')}.jpg`)],
    ['size_bytes', of((i) => BigInt(20_000 + (i % 5_000)))],
    ['etag', of((i) => `${i}-${isOther(i) ? seed : 0}`)],
    ['status', of(() => 'success')],
    ...['width', 'height', 'new_width', 'new_height'].map((name): [string, Column] => [
      name,
      of(() => 320),
    ]),
    ...['pad_left', 'pad_top'].map((name): [string, Column] => [name, of(() => 0)]),
    ...['input_width', 'input_height'].map((name): [string, Column] => [name, of(() => 320)]),
    ['boxes', of(() => boxes)],
    ['class_scores', of(() => [])],
    ['flags', of(() => [])],
    ['overlay', of(() => false)],
    ...columns,
  ]);
}

async function putJson(store: ObjectStore, key: string, value: unknown): Promise<void> {
  await store.put(key, new TextEncoder().encode(JSON.stringify(value)));
}
