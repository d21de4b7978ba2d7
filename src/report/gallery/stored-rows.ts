import { decodeRows } from '../../shared/results/sample-row-parquet.ts';
import { objectKeys } from '../../shared/run/object-keys.ts';
import { addressOf, type RowAddress, type RowPlace } from '../../shared/run/places/row-address.ts';
import type { SampleRow } from '../../shared/run/sample-row.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';

/** Reads rows out of their shards' files, each shard once; a row that is not there, or cannot be read, is absent from the answer. */
export async function readStoredRows(
  store: ObjectStore,
  runId: string,
  places: readonly RowPlace[],
): Promise<Map<RowAddress, SampleRow>> {
  const wanted = new Map<number, Set<number>>();
  for (const { shard, row } of places) {
    wanted.set(shard, (wanted.get(shard) ?? new Set<number>()).add(row));
  }
  const found = new Map<RowAddress, SampleRow>();
  for (const [shard, rows] of wanted) {
    const bytes = await store.get(objectKeys.shard(runId, shard));
    if (bytes === undefined) continue;
    for (const row of await decodeRows(bytes, () => {}, rows)) {
      found.set(addressOf({ shard, row: row.row }), row);
    }
  }
  return found;
}
