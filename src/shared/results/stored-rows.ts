import type { AsyncBuffer } from 'hyparquet';
import { EigenfleetError, messageOf } from '../errors.ts';
import { collectOldGarbage } from '../host/garbage-collection.ts';
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
  for await (const table of readStoredTables(store, runId)) yield* rowsOfTable(table);
}

/**
 * As `readStoredRows`, a table for each row group, of some columns alone: what the others hold is not fetched. A column that a file lacks is absent from its tables.
 *
 * @throws EigenfleetError `storage` for a file that cannot be read.
 */
export async function* readStoredTables(
  store: ObjectStore,
  runId: string,
  columns?: ReadonlySet<string>,
): AsyncGenerator<Table> {
  for await (const part of store.list(objectKeys.imagesPrefix(runId))) {
    for await (const table of storedRowGroups(store, part, columns)) {
      yield table;
      // A table lives long enough to leave the young generation, and V8 would let dozens of them gather.
      collectOldGarbage(mostGarbage);
    }
  }
}

/** The old generation may grow by so much: six tables of a detection model. */
export const mostGarbage: number = 64 * 2 ** 20;

/** The row groups of one Parquet file of a run, by range requests. @throws EigenfleetError `storage` when it cannot be read */
export async function* storedRowGroups(
  store: ObjectStore,
  part: Pick<ObjectInfo, 'key' | 'sizeBytes'>,
  columns?: ReadonlySet<string>,
): AsyncGenerator<Table> {
  try {
    yield* readRowGroups(storedBuffer(store, part), columns);
  } catch (cause) {
    throw unreadableFile(store, part.key, cause);
  }
}

/** A stored file as hyparquet reads it. */
export function storedBuffer(
  store: ObjectStore,
  { key, sizeBytes }: Pick<ObjectInfo, 'key' | 'sizeBytes'>,
): AsyncBuffer {
  const slice = async (start: number, end = sizeBytes): Promise<ArrayBuffer> => {
    const bytes = await store.getRange(key, start, end);
    if (bytes === undefined) throw new EigenfleetError('storage', `${key} is gone.`);
    return Uint8Array.from(bytes).buffer;
  };
  return { byteLength: sizeBytes, slice };
}

/** What is thrown where reading a file failed. */
export function unreadableFile(store: ObjectStore, key: string, cause: unknown): Error {
  if (cause instanceof EigenfleetError || cause instanceof StorageUnavailableError) return cause;
  const reason = messageOf(cause);
  return new EigenfleetError(
    'storage',
    `${key} in ${store.uri} cannot be read (${reason}): run the same command again.`,
    { cause },
  );
}
