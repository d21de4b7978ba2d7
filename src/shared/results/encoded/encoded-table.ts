import { parquetMetadata, type SchemaElement } from 'hyparquet';
import { type ChunkBounds, chunkBounds } from './chunk-bounds.ts';
import { type ColumnLeaf, columnLeaves } from './column-leaf.ts';
import { ThriftReader, ThriftStruct } from './compact-thrift.ts';
import { type EncodedPages, encodedPages } from './encoded-pages.ts';

/** A column of a row group, as it stands in a file. */
export interface EncodedChunk {
  readonly leaf: ColumnLeaf;
  /** Where it begins in the file. */
  readonly start: number;
  readonly sizeBytes: number;
  readonly pages: EncodedPages;
  /** Nulls included. */
  readonly values: number;
  readonly bounds: ChunkBounds | undefined;
}

/** A Parquet file of one row group whose columns are still encoded. */
export interface EncodedTable {
  readonly schema: SchemaElement[];
  /** Two files have the same schema where this is the same. */
  readonly schemaKey: string;
  readonly rowCount: number;
  readonly chunks: readonly EncodedChunk[];
  readonly file: Uint8Array;
}

interface KnownSchema {
  readonly bytes: Uint8Array;
  readonly key: string;
  readonly schema: SchemaElement[];
  readonly leaves: readonly ColumnLeaf[];
}

const snappy = 1;

/** Reads footers. Files of one run have one schema, which is understood once. */
export class EncodedTables {
  #known: KnownSchema | undefined;

  /** @throws RangeError for what is not a Parquet file of one row group as `TableWriter` writes it; hyparquet's errors for another schema */
  read(file: Uint8Array): EncodedTable {
    const footer = footerOf(file);
    const known = this.#schemaOf(file, footer.schema);
    const groups = footer.groups.filter((group) => group instanceof ThriftStruct);
    const [group] = groups;
    if (groups.length !== 1 || group === undefined) throw new RangeError('not one row group');
    const columns = group.list(1);
    if (columns.length !== known.leaves.length) throw new RangeError('not a chunk for each column');
    const chunks = known.leaves.map((leaf, i) => chunkOf(file, leaf, columns[i]));
    const { schema, key: schemaKey } = known;
    return { schema, schemaKey, rowCount: group.needed(3), chunks, file };
  }

  #schemaOf(file: Uint8Array, bytes: Uint8Array): KnownSchema {
    if (this.#known !== undefined && Buffer.compare(this.#known.bytes, bytes) === 0) {
      return this.#known;
    }
    const { schema } = parquetMetadata(Uint8Array.from(file).buffer);
    const key = JSON.stringify(schema);
    this.#known = { bytes: bytes.slice(), key, schema, leaves: columnLeaves(schema) };
    return this.#known;
  }
}

/** The bytes of the schema, and the row groups. */
function footerOf(file: Uint8Array): { schema: Uint8Array; groups: readonly unknown[] } {
  const end = file.length - 8;
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const isParquet = end > 4 && view.getUint32(end + 4, true) === 0x31524150;
  const start = isParquet ? end - view.getUint32(end, true) : -1;
  if (start < 4) throw new RangeError('no Parquet file');
  const reader = new ThriftReader(file.subarray(0, end), start);
  let schema: Uint8Array | undefined;
  for (let id = 0; ; ) {
    const head = reader.byte();
    if (head === 0) throw new RangeError('no row groups');
    id = reader.nextField(id, head);
    const from = reader.offset;
    const value = reader.value(head & 15);
    if (id === 2) schema = file.subarray(from, reader.offset);
    if (id === 4 && schema !== undefined && Array.isArray(value)) return { schema, groups: value };
  }
}

function chunkOf(file: Uint8Array, leaf: ColumnLeaf, column: unknown): EncodedChunk {
  const meta = column instanceof ThriftStruct ? column.struct(3) : undefined;
  if (meta === undefined) throw new RangeError('a column without metadata');
  if (meta.needed(4) !== snappy) throw new RangeError('a column in another compression');
  const start = meta.number(11) ?? meta.needed(9);
  const end = start + meta.needed(7);
  if (start < 4 || end > file.length) throw new RangeError('a column outside of the file');
  const statistics = meta.struct(12);
  const pages = encodedPages(file.subarray(start, end));
  const values = meta.needed(5);
  if (pages.data.reduce((sum, page) => sum + page.values, 0) !== values) {
    throw new RangeError('a column of other pages than its footer says');
  }
  return {
    ...{ leaf, start, sizeBytes: end - start, pages, values },
    bounds: statistics && chunkBounds(statistics, leaf.element),
  };
}
