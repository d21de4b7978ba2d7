import { parquetMetadata, parquetReadObjects, type SchemaElement } from 'hyparquet';
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';

/** One row as Parquet has it: INT64 as bigint, no value as null, lists as arrays, structs as objects. */
export type TableRow = Readonly<Record<string, unknown>>;

export interface Table {
  /** Depth first, the root first. */
  readonly schema: SchemaElement[];
  readonly rows: readonly TableRow[];
}

/** Names of the top-level columns of a schema, in order. */
function columnNames(schema: readonly SchemaElement[]): string[] {
  const names: string[] = [];
  // Children still to come of each open group; a top-level element is one whose only open group is the root.
  const open: number[] = [schema[0]?.num_children ?? 0];
  for (const element of schema.slice(1)) {
    if (open.length === 1) names.push(element.name);
    open.push((open.pop() ?? 0) - 1);
    if (element.num_children !== undefined) open.push(element.num_children);
    while (open.length > 1 && open.at(-1) === 0) open.pop();
  }
  return names;
}

/** Reads a whole Parquet file from memory. */
export async function readTable(bytes: Uint8Array): Promise<Table> {
  const { buffer } = Uint8Array.from(bytes);
  const metadata = parquetMetadata(buffer);
  const rows: TableRow[] = await parquetReadObjects({ file: buffer, metadata });
  return { schema: metadata.schema, rows };
}

/**
 * Writes a Parquet file in memory, one row group for each `append`; SNAPPY, the only codec that every Node version and reader has.
 * The same rows in the same groups give the same bytes.
 */
export class TableWriter {
  readonly #bytes = new ByteWriter();
  readonly #names: string[];
  readonly #writer: ParquetWriter;

  constructor(schema: SchemaElement[]) {
    this.#names = columnNames(schema);
    this.#writer = new ParquetWriter({
      writer: this.#bytes,
      schema,
      createdBy: 'eigenfleet',
      kvMetadata: [{ key: 'schema', value: 'rows@1' }],
    });
  }

  append(rows: readonly TableRow[]): void {
    if (rows.length === 0) return;
    const columnData = this.#names.map((name) => ({ name, data: rows.map((row) => row[name]) }));
    // A writer over memory has nothing to wait for: `write` and `finish` return no promise.
    void this.#writer.write({ columnData, rowGroupSize: rows.length });
  }

  finish(): Uint8Array {
    void this.#writer.finish();
    return this.#bytes.getBytes();
  }
}
