import { createHash } from 'node:crypto';
import {
  type Column,
  columnNames,
  readTable,
  type Table,
  TableWriter,
} from '../../shared/results/parquet-table.ts';
import { objectKeys } from '../../shared/run/object-keys.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';
import type { Evaluation } from '../result/evaluation.ts';
import { objectTableSchema, objectTableVersion } from '../result/object-table.ts';

/** Few enough to hold, enough to compress and to read fast. */
const rowsPerGroup = 20_000;
const rowsPerPart = 500_000;
/** A reader holds one part. */
const bytesPerPart = 64_000_000;

const names = columnNames(objectTableSchema);

/** Writes `objects/part-<n>.parquet` from the files of shards, in their order; at most one part is in memory. The same shards give the same bytes. */
export class ObjectsWriter {
  readonly #store: ObjectStore;
  readonly #runId: string;
  readonly #parts: { sizeBytes: number; sha256: string }[] = [];
  #writer = newWriter();
  #partRows = 0;
  #rows = 0;
  #waiting = emptyColumns();
  #waitingRows = 0;

  constructor(store: ObjectStore, runId: string) {
    this.#store = store;
    this.#runId = runId;
  }

  /** @param bytes of `encodeObjects`; throws for what is not a Parquet file */
  async add(bytes: Uint8Array): Promise<void> {
    const table = await readTable(bytes);
    this.#append(table);
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

  #append({ columns, rowCount }: Table): void {
    for (const name of names) {
      const waiting = this.#waiting.get(name);
      const column = columns.get(name);
      for (let i = 0; i < rowCount; i++) waiting?.push(column?.[i]);
    }
    this.#waitingRows += rowCount;
  }

  #writeGroup(): void {
    this.#writer.append(this.#waiting);
    this.#waiting = emptyColumns();
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

function emptyColumns(): Map<string, unknown[]> & ReadonlyMap<string, Column> {
  return new Map(names.map((name) => [name, [] as unknown[]]));
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
