import { EigenfleetError } from '../../../shared/errors.ts';
import { decodedColumns, distinctTexts } from '../../../shared/results/encoded/decoded-columns.ts';
import { type EncodedTable, EncodedTables } from '../../../shared/results/encoded/encoded-table.ts';
import { readTable, type Table, TableWriter } from '../../../shared/results/parquet-table.ts';
import { sha256Of } from '../../../shared/results/shard-files.ts';
import { objectKeys } from '../../../shared/run/object-keys.ts';
import type { ObjectStore } from '../../../shared/storage/object-store.ts';
import {
  type UnreadableRows,
  unknownText,
  unreadableRow,
  unreadableRows,
  withoutRows,
} from '../unreadable-rows.ts';

const damagedFile = 'its file in shards/ is damaged';
export const redoShard = 'Delete its marker in done/ and run the same command again.';
/** Completes a sentence about a shard. */
export const undecodableFile = `${damagedFile}: its pages cannot be decoded. ${redoShard}`;
const noTable = `${damagedFile}: it is not a Parquet file. ${redoShard}`;
const otherBytes = `${damagedFile}: its marker names other bytes of that size. ${redoShard}`;

/** The rows of a shard that can be read, still encoded. */
export interface ReadShard {
  readonly table: EncodedTable;
  /** Of these rows, the columns that were asked for. */
  readonly columns: Table | undefined;
  readonly unreadable: readonly UnreadableRows[];
}

/** Reads the files of shards. What a file says of its columns tells whether rows are unreadable; only then, and where another version wrote it, is it decoded. */
export class ShardReader {
  readonly #store: ObjectStore;
  readonly #runId: string;
  readonly #reads: ReadonlySet<string> | undefined;
  readonly #tables = new EncodedTables();

  constructor(store: ObjectStore, runId: string, reads: ReadonlySet<string> | undefined) {
    this.#store = store;
    this.#runId = runId;
    this.#reads = reads;
  }

  /**
   * Returns why it is damaged for what is not a table, or not the one of that SHA-256: whether a page is whole does not show before somebody decodes it. Throws `storage` when it is
   * missing.
   */
  async read(shard: number, sha256?: string): Promise<ReadShard | string> {
    const key = objectKeys.shard(this.#runId, shard);
    const bytes = await this.#store.get(key);
    if (bytes === undefined) {
      throw new EigenfleetError('storage', `${key} is missing in ${this.#store.uri}. ${redoShard}`);
    }
    if (sha256 !== undefined && sha256Of(bytes) !== sha256) return otherBytes;
    return (await this.#asItIs(bytes)) ?? (await this.#decoded(bytes, shard)) ?? noTable;
  }

  /** `undefined` unless every row is readable. */
  async #asItIs(bytes: Uint8Array): Promise<ReadShard | undefined> {
    try {
      const table = this.#tables.read(bytes);
      if (!isReadable(table)) return undefined;
      return { table, columns: await this.#columnsOf(table), unreadable: [] };
    } catch {
      return undefined;
    }
  }

  async #decoded(bytes: Uint8Array, shard: number): Promise<ReadShard | undefined> {
    try {
      const table = await readTable(bytes);
      const odd = unreadableRows(table);
      const unreadable = [...odd].map(([row, reason]) =>
        unreadableRow(table, { shard, row, reason }),
      );
      const encoded = this.#encoded(withoutRows(table, odd));
      return { table: encoded, columns: await this.#columnsOf(encoded), unreadable };
    } catch {
      return undefined;
    }
  }

  #encoded({ schema, columns, rowCount }: Table): EncodedTable {
    const writer = new TableWriter(schema);
    writer.append(columns);
    const bytes = writer.finish();
    if (rowCount > 0) return this.#tables.read(bytes);
    return { schema, schemaKey: JSON.stringify(schema), rowCount, chunks: [], file: bytes };
  }

  async #columnsOf(table: EncodedTable): Promise<Table | undefined> {
    return this.#reads && (await decodedColumns(table, this.#reads));
  }
}

/** Whether all numbers are finite, and all statuses and flags known, as its statistics and dictionaries say. */
function isReadable({ chunks }: EncodedTable): boolean {
  return chunks.every((chunk) => {
    const { leaf, bounds, values } = chunk;
    const { type } = leaf.element;
    const name = leaf.path[0] as string;
    if (unknownText(name) !== undefined) {
      return [...distinctTexts(chunk)].every((text) => unknownText(name)?.(text) === undefined);
    }
    if (type !== 'DOUBLE' && type !== 'FLOAT') return true;
    const { min, max, nulls, nans } = bounds ?? {};
    return nans === 0 && (nulls === values || (Number.isFinite(min) && Number.isFinite(max)));
  });
}
