import { EigenfleetError } from '../../shared/errors.ts';
import { collectOldGarbage } from '../../shared/host/garbage-collection.ts';
import {
  type Column,
  readTable,
  type Table,
  TableWriter,
} from '../../shared/results/parquet-table.ts';
import { objectKeys } from '../../shared/run/object-keys.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';
import {
  type UnreadableRows,
  unreadableRow,
  unreadableRows,
  withoutRows,
} from './unreadable-rows.ts';

/** Rows buffered for one row group: few enough to hold, enough to compress and to read fast. */
const rowsPerGroup = 5_000;
const bytesPerGroup = 8_000_000;
/** Elements of lists, mostly detections: encoding one takes 2 kB for a while. */
const elementsPerGroup = 20_000;

const redo = 'Delete its marker in done/ and run the same command again.';
const noTable = `its file in shards/ is damaged: it is not a Parquet file. ${redo}`;
const otherColumns = `its file in shards/ has different columns from the shards before it: another version wrote it. ${redo}`;

export interface CompactedRows {
  readonly parts: number;
  readonly rows: number;
  /** In the order of the shards. */
  readonly unreadable: readonly UnreadableRows[];
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
  readonly mark?: (table: Table) => Table;
}

/**
 * Writes the rows of many shards as `images/part-<n>.parquet`, and deletes parts left by an earlier, longer run. A part ends with a shard and
 * has at least `rowsPerPart` rows (or `bytesPerPart`), except the last. In memory are at most one part's compressed bytes, and `rowsPerGroup` rows plus
 * one shard's. The same shards produce the same bytes. Unreadable rows are left out and named. Throws `storage` when the file of a shard is missing.
 */
export async function compactRows(options: CompactOptions): Promise<CompactedRows> {
  const { store, runId, shards, rowsPerPart = 100_000, bytesPerPart = 128_000_000 } = options;
  const { mark } = options;
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
    const table = await readShard(store, objectKeys.shard(runId, shard));
    if (table !== undefined) part ??= new PartWriter(table);
    if (table === undefined || part === undefined || !part.takes(table)) {
      unreadable.push({ shard, reason: table === undefined ? noTable : otherColumns });
      continue;
    }
    const odd = unreadableRows(table);
    for (const [row, reason] of odd) unreadable.push(unreadableRow(table, { shard, row, reason }));
    const readable = withoutRows(table, odd);
    part.add({ ...table, ...(mark?.(readable) ?? readable) });
    if (part.rows < rowsPerPart && part.sizeBytes < bytesPerPart) continue;
    await close(part);
    part = undefined;
  }
  if (part !== undefined) await close(part);
  await deleteOtherParts(store, runId, parts);
  return { parts, rows, unreadable };
}

interface ShardTable extends Table {
  readonly fileBytes: number;
}

class PartWriter {
  rows = 0;
  readonly #columns: string;
  /** Of the rows as they are added, which may have more columns than the shards. */
  #writer: TableWriter | undefined;
  /** Columns of the next row group. */
  #waiting = new Map<string, unknown[]>();
  #waitingRows = 0;
  #waitingBytes = 0;
  #waitingElements = 0;

  constructor({ schema }: Table) {
    this.#columns = JSON.stringify(schema);
  }

  /** Estimated bytes of the part: buffered rows count with their size in the shard. */
  get sizeBytes(): number {
    return (this.#writer?.sizeBytes ?? 0) + this.#waitingBytes;
  }

  /** Whether the shard has the columns of the shard that this part began with. */
  takes({ schema }: Table): boolean {
    return JSON.stringify(schema) === this.#columns;
  }

  add({ schema, rowCount, columns, fileBytes }: ShardTable): void {
    this.#writer ??= new TableWriter(schema);
    for (const [name, column] of columns) {
      const waiting = this.#waiting.get(name);
      if (waiting === undefined) this.#waiting.set(name, [...column]);
      else for (const value of column) waiting.push(value);
      this.#waitingElements += elementsOf(column);
    }
    this.rows += rowCount;
    this.#waitingRows += rowCount;
    this.#waitingBytes += fileBytes;
    const isFull =
      this.#waitingRows >= rowsPerGroup ||
      this.#waitingBytes >= bytesPerGroup ||
      this.#waitingElements >= elementsPerGroup;
    if (isFull) this.#writeGroup();
  }

  /** After at least one `add`. */
  finish(): Uint8Array {
    this.#writeGroup();
    return this.#writer?.finish() ?? new Uint8Array();
  }

  #writeGroup(): void {
    this.#writer?.append(this.#waiting);
    this.#waiting = new Map();
    this.#waitingRows = 0;
    this.#waitingBytes = 0;
    this.#waitingElements = 0;
  }
}

function elementsOf(column: Column): number {
  let elements = 0;
  for (const value of column) if (Array.isArray(value)) elements += value.length;
  return elements;
}

/** `undefined` for what is not a table. */
async function readShard(store: ObjectStore, key: string): Promise<ShardTable | undefined> {
  const bytes = await store.get(key);
  if (bytes === undefined) {
    throw new EigenfleetError('storage', `${key} is missing in ${store.uri}. ${redo}`);
  }
  try {
    return { ...(await readTable(bytes)), fileBytes: bytes.length };
  } catch {
    return undefined;
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
