import { EigenfleetError } from '../shared/errors.ts';
import { objectKeys } from '../shared/object-keys.ts';
import type { ObjectStore } from '../shared/object-store.ts';
import { readTable, type Table, type TableRow, TableWriter } from '../shared/parquet-table.ts';

/** Rows that wait in memory to become one row group: few enough to hold, enough to compress and to read fast. */
const rowsPerGroup = 5_000;

export interface CompactOptions {
  readonly store: ObjectStore;
  readonly runId: string;
  /** The shards to take, in the order of the rows. */
  readonly shards: Iterable<number>;
  /** A part is closed at the first shard that brings it to this many rows. */
  readonly rowsPerPart?: number;
}

/**
 * Writes the rows of many shards as `images/part-<n>.parquet`, and deletes parts of an earlier, longer answer. A part ends with a shard and
 * has at least `rowsPerPart` rows, except the last. In memory are at most one part's compressed bytes, and `rowsPerGroup` rows plus
 * one shard's. The same shards give the same bytes. Throws `storage` when the file of a shard is missing, damaged or not like the others.
 */
export async function compactRows(
  options: CompactOptions,
): Promise<{ parts: number; rows: number }> {
  const { store, runId, shards, rowsPerPart = 100_000 } = options;
  let part: PartWriter | undefined;
  let parts = 0;
  let rows = 0;
  const close = async (full: PartWriter): Promise<void> => {
    await store.put(objectKeys.images(runId, parts), full.finish());
    parts++;
    rows += full.rows;
  };
  for (const shard of shards) {
    const key = objectKeys.shard(runId, shard);
    const table = await readShard(store, key);
    part ??= new PartWriter(table);
    part.add(table, key);
    if (part.rows < rowsPerPart) continue;
    await close(part);
    part = undefined;
  }
  if (part !== undefined) await close(part);
  await deleteOtherParts(store, runId, parts);
  return { parts, rows };
}

class PartWriter {
  rows = 0;
  readonly #columns: string;
  readonly #writer: TableWriter;
  #waiting: TableRow[] = [];

  constructor({ schema }: Table) {
    this.#columns = JSON.stringify(schema);
    this.#writer = new TableWriter(schema);
  }

  add({ schema, rows }: Table, key: string): void {
    if (JSON.stringify(schema) !== this.#columns) {
      throw new EigenfleetError(
        'storage',
        `${key} has other columns than the shards before it: another version wrote it. ${redo}`,
      );
    }
    this.rows += rows.length;
    for (const row of rows) this.#waiting.push(row);
    if (this.#waiting.length >= rowsPerGroup) this.#writeGroup();
  }

  finish(): Uint8Array {
    this.#writeGroup();
    return this.#writer.finish();
  }

  #writeGroup(): void {
    this.#writer.append(this.#waiting);
    this.#waiting = [];
  }
}

const redo = 'Delete its marker in done/ and run the same command again.';

async function readShard(store: ObjectStore, key: string): Promise<Table> {
  const bytes = await store.get(key);
  if (bytes === undefined) {
    throw new EigenfleetError('storage', `${key} is missing in ${store.uri}. ${redo}`);
  }
  try {
    return await readTable(bytes);
  } catch (cause) {
    const message = `${key} in ${store.uri} is damaged: it is no Parquet file. ${redo}`;
    throw new EigenfleetError('storage', message, { cause });
  }
}

async function deleteOtherParts(store: ObjectStore, runId: string, parts: number): Promise<void> {
  const written = new Set(Array.from({ length: parts }, (_, i) => objectKeys.images(runId, i)));
  const others: string[] = [];
  for await (const { key } of store.list(objectKeys.imagesPrefix(runId))) {
    if (!written.has(key)) others.push(key);
  }
  for (const key of others) await store.delete(key);
}
