import { collectOldGarbage } from '../../../shared/host/garbage-collection.ts';
import type { Table } from '../../../shared/results/parquet-table.ts';
import { objectKeys } from '../../../shared/run/object-keys.ts';
import type { ObjectStore } from '../../../shared/storage/object-store.ts';
import type { UnreadableRows } from '../unreadable-rows.ts';
import { type AddedColumns, PartWriter } from './part-writer.ts';
import { redoShard, ShardReader } from './shard-reader.ts';

const noTable = `its file in shards/ is damaged: it is not a Parquet file. ${redoShard}`;
const otherColumns = `its file in shards/ has different columns from the shards before it: another version wrote it. ${redoShard}`;

export interface CompactedRows {
  readonly parts: number;
  readonly rows: number;
  /** In the order of the shards. */
  readonly unreadable: readonly UnreadableRows[];
}

/** What only the whole dataset tells of a row. */
export interface RowMarks {
  /** Columns that `mark` asks for. */
  readonly reads: ReadonlySet<string>;
  mark(columns: Table): AddedColumns;
}

export interface CompactOptions {
  readonly store: ObjectStore;
  readonly runId: string;
  /** The shards to take, in the order of the rows. */
  readonly shards: Iterable<number>;
  /** A part is closed at the first shard that brings it to this many rows. */
  readonly rowsPerPart?: number;
  /** Or to this many bytes: images with hundreds of boxes would make parts that exceed memory. */
  readonly bytesPerPart?: number;
  /** Adds to the readable rows of a shard what only the whole dataset tells. */
  readonly mark?: RowMarks;
}

/**
 * Writes the rows of many shards as `images/part-<n>.parquet`, and deletes parts left by an earlier, longer run. A part ends with a shard and
 * has at least `rowsPerPart` rows (or `bytesPerPart`), except the last. In memory are at most one part's compressed bytes, and `rowsPerGroup` rows plus
 * one shard's. Pages are copied as shards encoded them; only what `mark` adds is encoded here. The same shards produce the same bytes. Unreadable rows are left out and
 * named. Throws `storage` when the file of a shard is missing.
 */
export async function compactRows(options: CompactOptions): Promise<CompactedRows> {
  const { store, runId, shards, rowsPerPart = 100_000, bytesPerPart = 128_000_000, mark } = options;
  const reader = new ShardReader(store, runId, mark?.reads);
  let part: PartWriter | undefined;
  let parts = 0;
  let rows = 0;
  const unreadable: UnreadableRows[] = [];
  const close = async (full: PartWriter): Promise<void> => {
    await store.put(objectKeys.images(runId, parts), full.finish());
    parts++;
    rows += full.rows;
  };
  for (const shard of shards) {
    collectOldGarbage();
    const read = await reader.read(shard);
    if (read !== undefined) part ??= new PartWriter(read.table.schemaKey);
    if (read === undefined || part === undefined || !part.takes(read.table)) {
      unreadable.push({ shard, reason: read === undefined ? noTable : otherColumns });
      continue;
    }
    for (const odd of read.unreadable) unreadable.push(odd);
    part.add(shard, read.table, read.columns && mark?.mark(read.columns));
    if (part.rows < rowsPerPart && part.sizeBytes < bytesPerPart) continue;
    await close(part);
    part = undefined;
  }
  if (part !== undefined) await close(part);
  await deleteOtherParts(store, runId, parts);
  return { parts, rows, unreadable };
}

async function deleteOtherParts(store: ObjectStore, runId: string, parts: number): Promise<void> {
  const written = new Set(Array.from({ length: parts }, (_, i) => objectKeys.images(runId, i)));
  const others: string[] = [];
  for await (const { key } of store.list(objectKeys.imagesPrefix(runId))) {
    if (!written.has(key)) others.push(key);
  }
  for (const key of others) await store.delete(key);
}
