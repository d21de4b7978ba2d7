import { collectOldGarbage } from '../../../shared/host/garbage-collection.ts';
import { inOrder } from '../../../shared/in-order.ts';
import { readTable, type Table } from '../../../shared/results/parquet-table.ts';
import { objectKeys } from '../../../shared/run/object-keys.ts';
import type { ObjectStore } from '../../../shared/storage/object-store.ts';
import type { UnreadableRows } from '../unreadable-rows.ts';
import { type AddedColumns, DamagedGroupError, PartWriter } from './part-writer.ts';
import { redoShard, ShardReader, undecodableFile } from './shard-reader.ts';

/** Shards read at once: waiting for storage takes longer than what is done with one. */
const atOnce = 4;

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
  /** SHA-256 of the files of shards, as their markers have them. */
  readonly digests?: ReadonlyMap<number, string>;
  /** Makes what adds to the readable rows of a shard what only the whole dataset tells; asked again where the compaction begins anew. */
  readonly mark?: () => RowMarks;
}

/**
 * Writes the rows of many shards as `images/part-<n>.parquet`, and deletes parts left by an earlier, longer run. A part ends with a shard and
 * has at least `rowsPerPart` rows (or `bytesPerPart`), except the last. In memory are at most one part's compressed bytes, and `rowsPerGroup` rows plus
 * those of a few shards. Pages are copied as shards encoded them; only what `mark` adds is encoded here. The same shards produce the same bytes. Unreadable rows are left out and
 * named, and so are shards whose files are damaged. Throws `storage` when the file of a shard is missing.
 *
 * A file that its marker describes and that is damaged all the same was forged, and shows only when its pages are joined with others: then it begins anew without it.
 */
export async function compactRows(options: CompactOptions): Promise<CompactedRows> {
  const damaged = new Set<number>();
  for (;;) {
    try {
      return await compactOthers(options, damaged);
    } catch (error) {
      if (!(error instanceof DamagedGroupError)) throw error;
      const found = await undecodable(options, error.shards);
      if (found.length === 0) throw error;
      for (const shard of found) damaged.add(shard);
    }
  }
}

/** Those that nobody can read. */
async function undecodable(
  { store, runId }: CompactOptions,
  shards: readonly number[],
): Promise<number[]> {
  const found: number[] = [];
  for (const shard of shards) {
    const bytes = await store.get(objectKeys.shard(runId, shard));
    await readTable(bytes ?? new Uint8Array()).catch(() => found.push(shard));
  }
  return found;
}

async function compactOthers(
  options: CompactOptions,
  damaged: ReadonlySet<number>,
): Promise<CompactedRows> {
  const { store, runId, shards, rowsPerPart = 100_000, bytesPerPart = 128_000_000 } = options;
  const mark = options.mark?.();
  const reader = new ShardReader(store, runId, mark?.reads);
  let part: PartWriter | undefined;
  let [parts, rows] = [0, 0];
  const unreadable: UnreadableRows[] = [];
  const close = async (full: PartWriter): Promise<void> => {
    await store.put(objectKeys.images(runId, parts), full.finish());
    parts++;
    rows += full.rows;
  };
  const readOne = async (shard: number) =>
    damaged.has(shard) ? undecodableFile : reader.read(shard, options.digests?.get(shard));
  const named = async (shard: number) => ({ shard, read: await readOne(shard) });
  for await (const { shard, read } of inOrder(shards, atOnce, named)) {
    collectOldGarbage();
    if (typeof read === 'string') {
      unreadable.push({ shard, reason: read });
      continue;
    }
    part ??= new PartWriter(read.table);
    const fitted = await part.fitted(read);
    if (fitted === undefined) {
      unreadable.push({ shard, reason: otherColumns });
      continue;
    }
    for (const odd of fitted.unreadable) unreadable.push(odd);
    part.add(shard, fitted.table, fitted.columns && mark?.mark(fitted.columns));
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
