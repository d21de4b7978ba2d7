import { EigenfleetError, messageOf } from '../../../shared/errors.ts';
import { columnLeaves } from '../../../shared/results/encoded/column-leaf.ts';
import {
  type EncodedChunk,
  type EncodedTable,
  EncodedTables,
} from '../../../shared/results/encoded/encoded-table.ts';
import {
  type Column,
  prunedSchema,
  type Table,
  TableWriter,
} from '../../../shared/results/parquet-table.ts';
import { fitTable } from './fit-table.ts';
import type { ReadShard } from './shard-reader.ts';

/** Rows of one row group: few enough for a reader to hold, enough to read fast. */
const rowsPerGroup = 5_000;
const bytesPerGroup = 8_000_000;
/** Elements of lists, mostly detections: a reader makes objects of them. */
const elementsPerGroup = 20_000;

/** Columns of some rows that are other than in the shard, or that it does not have, and the schema with them. */
export interface AddedColumns extends Pick<Table, 'schema'> {
  readonly columns: ReadonlyMap<string, Column>;
}

/** Among these shards is one whose pages cannot be joined with the others. */
export class DamagedGroupError extends EigenfleetError {
  readonly shards: readonly number[];

  constructor(shards: readonly number[], cause: unknown) {
    super(
      'storage',
      `One of the files of shards ${shards[0]} to ${shards.at(-1)} in shards/ is damaged (${messageOf(cause)}): delete their markers in done/ and run the same command again.`,
      { cause },
    );
    this.shards = shards;
  }
}

/** One file of `images/`, in memory. */
export class PartWriter {
  rows = 0;
  /** Of the shards that it takes. */
  readonly #own: Pick<EncodedTable, 'schema' | 'schemaKey'>;
  readonly #tables = new EncodedTables();
  #writer: TableWriter | undefined;
  /** Of the next row group. */
  #shards: number[] = [];
  #waiting: EncodedTable[] = [];
  /** Of them all, by name. */
  #added = new Map<string, unknown[]>();
  #schema: AddedColumns['schema'] = [];
  #waitingRows = 0;
  #waitingBytes = 0;
  #waitingElements = 0;

  /** @param own of the shard that it begins with */
  constructor(own: Pick<EncodedTable, 'schema' | 'schemaKey'>) {
    this.#own = own;
  }

  /** Estimated bytes of the part: buffered rows count with their size in the shard. */
  get sizeBytes(): number {
    return (this.#writer?.sizeBytes ?? 0) + this.#waitingBytes;
  }

  /** The shard in the columns of the one that this part began with; `undefined` where it does not fit. */
  async fitted(shard: ReadShard): Promise<ReadShard | undefined> {
    if (shard.table.schemaKey === this.#own.schemaKey) return shard;
    const { schema } = this.#own;
    const table = await fitTable(shard.table, schema);
    return table && { ...shard, table, columns: shard.columns && { ...shard.columns, schema } };
  }

  add(shard: number, table: EncodedTable, added: AddedColumns | undefined): void {
    this.#shards.push(shard);
    this.#schema = added?.schema ?? table.schema;
    this.#writer ??= new TableWriter(this.#schema);
    for (const [name, column] of added?.columns ?? []) {
      const waiting = this.#added.get(name) ?? [];
      this.#added.set(name, waiting);
      for (const value of column) waiting.push(value);
    }
    if (table.rowCount > 0) this.#waiting.push(table);
    this.rows += table.rowCount;
    this.#waitingRows += table.rowCount;
    this.#waitingBytes += table.file.length;
    this.#waitingElements += elementsOf(table);
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
    const added = this.#encodedAdded();
    const copied = chunksByLeaf(this.#waiting);
    const leaves = columnLeaves(this.#schema).map(({ path }) => {
      const name = path.join('.');
      return added.get(name) ?? copied.get(name) ?? [];
    });
    this.#append(leaves);
    this.#shards = [];
    this.#waiting = [];
    this.#added = new Map();
    this.#waitingRows = 0;
    this.#waitingBytes = 0;
    this.#waitingElements = 0;
  }

  #append(leaves: readonly (readonly EncodedChunk[])[]): void {
    try {
      this.#writer?.appendEncoded(this.#waitingRows, leaves);
    } catch (cause) {
      throw new DamagedGroupError(this.#shards, cause);
    }
  }

  #encodedAdded(): Map<string, EncodedChunk[]> {
    if (this.#added.size === 0 || this.#waitingRows === 0) return new Map();
    const schema = prunedSchema(this.#schema, ([name = '']) => this.#added.has(name));
    const writer = new TableWriter(schema);
    writer.append(this.#added);
    return chunksByLeaf([this.#tables.read(writer.finish())]);
  }
}

function chunksByLeaf(tables: readonly EncodedTable[]): Map<string, EncodedChunk[]> {
  const chunks = new Map<string, EncodedChunk[]>();
  for (const table of tables) {
    for (const chunk of table.chunks) {
      const name = chunk.leaf.path.join('.');
      const others = chunks.get(name);
      if (others === undefined) chunks.set(name, [chunk]);
      else others.push(chunk);
    }
  }
  return chunks;
}

/** Elements of the lists that are columns: of each, what its first leaf has. */
function elementsOf({ chunks }: EncodedTable): number {
  const seen = new Set<string>();
  let elements = 0;
  for (const { leaf, values, bounds } of chunks) {
    const name = leaf.path[0] as string;
    if (seen.has(name)) continue;
    seen.add(name);
    if (leaf.maxRepetition > 0) elements += values - (bounds?.nulls ?? 0);
  }
  return elements;
}
