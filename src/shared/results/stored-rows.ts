import { EigenfleetError, messageOf } from '../errors.ts';
import { StorageUnavailableError } from '../host/storage-unavailable.ts';
import { objectKeys } from '../run/object-keys.ts';
import type { ObjectInfo, ObjectStore } from '../storage/object-store.ts';
import { readRowGroups, type Table } from './parquet-table.ts';
import { rowsOfTable, type StoredRow } from './sample-row-parquet.ts';

/**
 * Yields the rows of a summarized run in manifest order, by range requests: at most one row group is in memory.
 *
 * @throws EigenfleetError `storage` for a file that cannot be read.
 */
export async function* readStoredRows(
  store: ObjectStore,
  runId: string,
): AsyncGenerator<StoredRow> {
  for await (const part of store.list(objectKeys.imagesPrefix(runId))) {
    for await (const table of rowGroupsOf(store, part)) yield* rowsOfTable(table);
  }
}

async function* rowGroupsOf(
  store: ObjectStore,
  { key, sizeBytes }: ObjectInfo,
): AsyncGenerator<Table> {
  const slice = async (start: number, end = sizeBytes): Promise<ArrayBuffer> => {
    const bytes = await store.getRange(key, start, end);
    if (bytes === undefined) throw new EigenfleetError('storage', `${key} is gone.`);
    return Uint8Array.from(bytes).buffer;
  };
  try {
    yield* readRowGroups({ byteLength: sizeBytes, slice });
  } catch (cause) {
    if (cause instanceof EigenfleetError || cause instanceof StorageUnavailableError) throw cause;
    const reason = messageOf(cause);
    throw new EigenfleetError(
      'storage',
      `${key} in ${store.uri} cannot be read (${reason}): run the same command again.`,
      { cause },
    );
  }
}
