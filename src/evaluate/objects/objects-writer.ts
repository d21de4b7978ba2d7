import { createHash } from 'node:crypto';
import { columnLeaves } from '../../shared/results/encoded/column-leaf.ts';
import { type EncodedTable, EncodedTables } from '../../shared/results/encoded/encoded-table.ts';
import { columnNames, readTable, TableWriter } from '../../shared/results/parquet-table.ts';
import { objectKeys } from '../../shared/run/object-keys.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';
import type { Evaluation } from '../result/evaluation.ts';
import { objectTableSchema, objectTableVersion } from '../result/object-table.ts';

/** Few enough to hold, enough to compress and to read fast. */
const rowsPerGroup = 20_000;
const rowsPerPart = 500_000;
/** A reader holds one part. */
const bytesPerPart = 64_000_000;

const leaves = columnLeaves(objectTableSchema).map(({ path }) => path.join('.'));

/** Writes `objects/part-<n>.parquet` from the files of shards, in their order; at most one part is in memory. The same shards give the same bytes. */
export class ObjectsWriter {
  readonly #store: ObjectStore;
  readonly #runId: string;
  readonly #parts: { sizeBytes: number; sha256: string }[] = [];
  #writer = newWriter();
  #partRows = 0;
  #rows = 0;
  readonly #tables = new EncodedTables();
  /** Tables of the next row group. */
  #waiting: EncodedTable[] = [];
  #waitingRows = 0;

  constructor(store: ObjectStore, runId: string) {
    this.#store = store;
    this.#runId = runId;
  }

  /** @param bytes of `encodeObjects`; throws for what is not a Parquet file */
  async add(bytes: Uint8Array): Promise<void> {
    const table = await this.#tableOf(bytes);
    this.#waiting.push(table);
    this.#waitingRows += table.rowCount;
    this.#rows += table.rowCount;
    this.#partRows += table.rowCount;
    if (this.#waitingRows >= rowsPerGroup) this.#writeGroup();
    if (this.#partRows >= rowsPerPart || this.#writer.sizeBytes >= bytesPerPart) {
      await this.#closePart();
    }
  }

  /** Writes the rest, and deletes the parts of a longer table. */
  async finish(): Promise<Evaluation['objects']> {
    if (this.#partRows > 0) await this.#closePart();
    const parts = this.#parts.length;
    await deleteParts(this.#store, this.#runId, parts);
    return { rows: this.#rows, parts: this.#parts };
  }

  /** The columns as they are encoded; encoded anew where the file has others, or has them in another way. */
  async #tableOf(bytes: Uint8Array): Promise<EncodedTable> {
    const table = this.#ownTable(bytes);
    if (table !== undefined) return table;
    const { columns, rowCount } = await readTable(bytes);
    const writer = newWriter();
    const absent = new Array<undefined>(rowCount).fill(undefined);
    const of = (name: string) => [name, columns.get(name) ?? absent] as const;
    writer.append(new Map(columnNames(objectTableSchema).map(of)));
    const schema = [...objectTableSchema];
    if (rowCount > 0) return this.#tables.read(writer.finish());
    return { schema, schemaKey: '', rowCount, chunks: [], file: bytes };
  }

  #ownTable(bytes: Uint8Array): EncodedTable | undefined {
    try {
      const table = this.#tables.read(bytes);
      const own = table.chunks.map(({ leaf }) => leaf.path.join('.'));
      return own.join() === leaves.join() ? table : undefined;
    } catch {
      return undefined;
    }
  }

  #writeGroup(): void {
    const tables = this.#waiting.filter(({ rowCount }) => rowCount > 0);
    const chunks = leaves.map((_, leaf) => tables.flatMap((table) => table.chunks[leaf] ?? []));
    this.#writer.appendEncoded(this.#waitingRows, chunks);
    this.#waiting = [];
    this.#waitingRows = 0;
  }

  async #closePart(): Promise<void> {
    this.#writeGroup();
    const bytes = this.#writer.finish();
    await this.#store.put(objectKeys.objects(this.#runId, this.#parts.length), bytes);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    this.#parts.push({ sizeBytes: bytes.length, sha256 });
    this.#writer = newWriter();
    this.#partRows = 0;
  }
}

function newWriter(): TableWriter {
  return new TableWriter([...objectTableSchema], objectTableVersion);
}

/** Deletes the parts from `first` on. */
export async function deleteParts(store: ObjectStore, runId: string, first = 0): Promise<void> {
  const kept = new Set(Array.from({ length: first }, (_, part) => objectKeys.objects(runId, part)));
  const others: string[] = [];
  for await (const { key } of store.list(objectKeys.objectsPrefix(runId))) {
    if (!kept.has(key)) others.push(key);
  }
  for (const key of others) await store.delete(key);
}
