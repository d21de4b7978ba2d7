import { createHash } from 'node:crypto';
import type { Evaluation } from '../../src/evaluate/result/evaluation.ts';
import type { ObjectRow } from '../../src/evaluate/result/object-row.ts';
import { encodeObjects } from '../../src/evaluate/result/object-table.ts';
import { summarizeRun } from '../../src/report/summarize-run.ts';
import { objectKeys } from '../../src/shared/run/object-keys.ts';
import type { ObjectStore } from '../../src/shared/storage/object-store.ts';
import { type MadeRowsOptions, madeRows, madeSpec } from './made-run.ts';
import { storeMadeRun } from './stored-run.ts';

export interface StoredCheckOptions {
  readonly runId: string;
  readonly rows: MadeRowsOptions;
  readonly evaluation?: Evaluation;
  readonly objects?: readonly ObjectRow[];
}

const classNames = ['RBC', 'WBC', 'Platelets'];

/** Writes a finished run, with a report, and an evaluation with its table of objects. */
export async function storeChecked(store: ObjectStore, options: StoredCheckOptions): Promise<void> {
  const { runId, rows, evaluation, objects = [] } = options;
  const spec = { ...madeSpec({ images: rows.images, maps: false, classNames }), runId };
  await storeMadeRun(store, spec, madeRows(rows));
  await summarizeRun({ store, runId, imageStore: undefined });
  if (evaluation === undefined) return;
  const bytes = encodeObjects(objects, classNames);
  await store.put(objectKeys.objects(runId, 0), bytes);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const table = { rows: objects.length, parts: [{ sizeBytes: bytes.length, sha256 }] };
  const json = JSON.stringify({ ...evaluation, runId, objects: table });
  await store.put(objectKeys.evaluation(runId), new TextEncoder().encode(json));
}

/** A label that was missed, or a detection on nothing. */
export function madeObject(row: number, outcome: 'fp' | 'fn', classId: number): ObjectRow {
  const key = `image-${String(row).padStart(5, '0')}.jpg`;
  const box = [0, 0, 40, 40] as const;
  return { shard: 0, row, key, group: key, outcome, classId, size: 'small', box };
}
