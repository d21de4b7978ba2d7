import {
  type AsyncBuffer,
  type FileMetaData,
  parquetMetadata,
  parquetMetadataAsync,
  parquetRead,
  type SchemaElement,
} from 'hyparquet';
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import type { EncodedChunk } from './encoded/encoded-table.ts';
import { joinChunks } from './encoded/join-chunks.ts';

/** One top-level column, a value a row, as Parquet has it: INT64 as bigint, no value as null, lists as arrays, structs as objects. */
export type Column = readonly unknown[];

/** Columns and not rows: copying a table from file to file then costs no object a row. */
export interface Table {
  /** Depth first, the root first. */
  readonly schema: SchemaElement[];
  readonly rowCount: number;
  /** By name. */
  readonly columns: ReadonlyMap<string, Column>;
}

/** Names of the top-level columns of a schema, in order. */
export function columnNames(schema: readonly SchemaElement[]): string[] {
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
  const names = columnNames(metadata.schema);
  return readRange(buffer, metadata, { start: 0, end: Number(metadata.num_rows), names });
}

/**
 * Reads a Parquet file one row group after the other: no more than one is in memory.
 *
 * @param wanted Top-level columns to read; the bytes of others are not fetched, and one that the file lacks is absent from the tables. `boxes.class_id`: of the structs
 * of a list, one field alone. All of them by default.
 */
export async function* readRowGroups(
  file: AsyncBuffer,
  wanted?: ReadonlySet<string>,
): AsyncGenerator<Table> {
  const { metadata, names } = askedOf(await parquetMetadataAsync(file), wanted);
  let start = 0;
  for (const { num_rows } of metadata.row_groups) {
    const end = start + Number(num_rows);
    yield await readRange(file, metadata, { start, end, names });
    start = end;
  }
}

/** One row group as `readRowGroups` reads it. */
export async function readRowGroup(
  file: AsyncBuffer,
  whole: FileMetaData,
  group: number,
  wanted: ReadonlySet<string>,
): Promise<Table> {
  const { metadata, names } = askedOf(whole, wanted);
  const rowsOf = (groups: FileMetaData['row_groups']) =>
    groups.reduce((sum, { num_rows }) => sum + Number(num_rows), 0);
  const start = rowsOf(metadata.row_groups.slice(0, group));
  const end = rowsOf(metadata.row_groups.slice(0, group + 1));
  return readRange(file, metadata, { start, end, names });
}

/** What a reader is asked for: all, or the wanted columns and fields. */
function askedOf(
  whole: FileMetaData,
  wanted: ReadonlySet<string> | undefined,
): { readonly metadata: FileMetaData; readonly names: string[] } {
  if (wanted === undefined) return { metadata: whole, names: columnNames(whole.schema) };
  const metadata = withFields(whole, wanted);
  const lists = new Set([...wanted].map((name) => name.split('.')[0]));
  return { metadata, names: columnNames(metadata.schema).filter((name) => lists.has(name)) };
}

/** The metadata of a file as if the lists of structs had the wanted fields alone (`boxes.class_id`): a reader then leaves the others where they are. */
function withFields(metadata: FileMetaData, wanted: ReadonlySet<string>): FileMetaData {
  const fields = [...wanted].filter((name) => name.includes('.')).map((name) => name.split('.'));
  if (fields.length === 0) return metadata;
  const isWanted = ([list, ...path]: readonly string[]) => {
    const own = fields.filter(([of]) => of === list);
    return own.length === 0 || own.some(([, field]) => path.at(2) === field);
  };
  const rowGroups = metadata.row_groups.map((group) => ({
    ...group,
    columns: group.columns.filter(({ meta_data }) => isWanted(meta_data?.path_in_schema ?? [])),
  }));
  return { ...metadata, schema: prunedSchema(metadata.schema, isWanted), row_groups: rowGroups };
}

/** A schema, depth first as before, without the leaves that are not wanted and the groups that are left empty. */
export function prunedSchema(
  schema: readonly SchemaElement[],
  isWanted: (path: readonly string[]) => boolean,
): SchemaElement[] {
  let at = 0;
  const take = (parents: readonly string[]): SchemaElement[] => {
    const element = schema[at++] as SchemaElement;
    const path = at === 1 ? [] : [...parents, element.name];
    const { num_children: count } = element;
    if (count === undefined) return isWanted(path) ? [element] : [];
    const children = Array.from({ length: count }, () => take(path));
    const kept = children.filter((one) => one.length > 0);
    return count > 0 && kept.length === 0
      ? []
      : [{ ...element, num_children: kept.length }, ...kept.flat()];
  };
  return take([]);
}

interface RowRange {
  /** Rows [start, end). */
  readonly start: number;
  readonly end: number;
  /** Top-level columns. */
  readonly names: readonly string[];
}

async function readRange(
  file: AsyncBuffer,
  metadata: FileMetaData,
  { start, end, names }: RowRange,
): Promise<Table> {
  const rowCount = end - start;
  const columns = new Map(names.map((name) => [name, new Array<unknown>(rowCount)]));
  if (names.length === 0) return { schema: metadata.schema, rowCount, columns };
  await parquetRead({
    file,
    metadata,
    columns: [...names],
    rowStart: start,
    rowEnd: end,
    onChunk: ({ columnName, columnData, rowStart }) => {
      const column = columns.get(columnName);
      if (column === undefined) return;
      for (let i = 0; i < columnData.length; i++) column[rowStart - start + i] = columnData[i];
    },
  });
  return { schema: metadata.schema, rowCount, columns };
}

/**
 * Writes a Parquet file in memory, one row group for each `append`; SNAPPY, the only codec that every Node version and reader has.
 * The same rows in the same groups give the same bytes.
 */
export class TableWriter {
  readonly #bytes = new ByteWriter();
  readonly #names: string[];
  readonly #writer: ParquetWriter;

  /** @param version what the file's metadata says of its columns */
  constructor(schema: SchemaElement[], version = 'rows@2') {
    this.#names = columnNames(schema);
    this.#writer = new ParquetWriter({
      writer: this.#bytes,
      schema,
      createdBy: 'eigenfleet',
      kvMetadata: [{ key: 'schema', value: version }],
    });
  }

  /** Bytes of the row groups written so far. */
  get sizeBytes(): number {
    return this.#bytes.offset;
  }

  /** Adds a row group: every column of the schema, all of one length. */
  append(columns: ReadonlyMap<string, Column>): void {
    const columnData = this.#names.map((name) => ({ name, data: [...(columns.get(name) ?? [])] }));
    const rowCount = columnData[0]?.data.length ?? 0;
    if (rowCount === 0) return;
    // A writer over memory never waits: `write` and `finish` return no promise.
    void this.#writer.write({ columnData, rowGroupSize: rowCount });
  }

  /** Adds a row group of columns that are encoded already: for each leaf of the schema, in order, its chunks. Nothing is decoded. */
  appendEncoded(rowCount: number, leaves: readonly (readonly EncodedChunk[])[]): void {
    if (rowCount === 0) return;
    const start = this.#bytes.offset;
    const columns = leaves.map((chunks) => joinChunks(this.#bytes, chunks));
    this.#writer.num_rows += BigInt(rowCount);
    this.#writer.row_groups.push({
      columns,
      total_byte_size: columns.reduce(
        (sum, { meta_data }) => sum + (meta_data?.total_uncompressed_size ?? 0n),
        0n,
      ),
      num_rows: BigInt(rowCount),
      total_compressed_size: BigInt(this.#bytes.offset - start),
    });
  }

  finish(): Uint8Array {
    // Counts of pages by encoding, which no reader needs, are a tenth of the footer of a small file.
    for (const { meta_data } of this.#writer.row_groups.flatMap(({ columns }) => columns)) {
      if (meta_data !== undefined) meta_data.encoding_stats = undefined;
    }
    void this.#writer.finish();
    return this.#bytes.getBytes();
  }
}
