import type { Evaluation } from '../../evaluate/result/evaluation.ts';
import { objectTableSchema } from '../../evaluate/result/object-table.ts';
import { columnNames, type Table } from '../../shared/results/parquet-table.ts';
import { storedRowGroups } from '../../shared/results/stored-rows.ts';
import { objectKeys } from '../../shared/run/object-keys.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';

/** Names are those of the run: ids say as much. */
const unread = new Set(['class_name', 'other_class_name']);
const columns = new Set(columnNames(objectTableSchema).filter((name) => !unread.has(name)));

/** The table of the objects of an evaluation, one row group after the other: no more than one is in memory. Throws `storage` for a part that cannot be read. */
export async function* storedObjects(
  store: ObjectStore,
  { runId, objects }: Pick<Evaluation, 'runId' | 'objects'>,
): AsyncGenerator<Table> {
  for (const [part, { sizeBytes }] of objects.parts.entries()) {
    yield* storedRowGroups(store, { key: objectKeys.objects(runId, part), sizeBytes }, columns);
  }
}
