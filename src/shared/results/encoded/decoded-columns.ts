import { type ColumnMetaData, parquetRead } from 'hyparquet';
import { type Column, prunedSchema, type Table } from '../parquet-table.ts';
import { dictionaryBytes, dictionaryPlaces, valueBytes } from './encoded-pages.ts';
import type { EncodedChunk, EncodedTable } from './encoded-table.ts';
import { presence } from './page-levels.ts';
import { plainValues } from './plain-values.ts';

/**
 * Decodes some top-level columns; one that the table lacks is absent. Numbers of a DOUBLE column come without hyparquet, which takes several times as long: NaN is
 * what it has as null.
 */
export async function decodedColumns(
  table: EncodedTable,
  names: ReadonlySet<string>,
): Promise<Table> {
  const columns = new Map<string, Column>();
  const others: EncodedChunk[] = [];
  for (const chunk of table.chunks) {
    const { path, element, maxDefinition } = chunk.leaf;
    const [name = '', ...below] = path;
    if (!names.has(name)) continue;
    if (element.type === 'DOUBLE' && below.length === 0 && maxDefinition <= 1) {
      columns.set(name, doubles(chunk, table.rowCount));
    } else others.push(chunk);
  }
  await readOthers(table, others, columns);
  return { schema: table.schema, rowCount: table.rowCount, columns };
}

async function readOthers(
  { schema, rowCount, file }: EncodedTable,
  chunks: readonly EncodedChunk[],
  columns: Map<string, Column>,
): Promise<void> {
  if (chunks.length === 0) return;
  const wanted = new Set(chunks.map(({ leaf }) => leaf.path.join('.')));
  const group = {
    columns: chunks.map((chunk) => ({ file_offset: 0n, meta_data: metadataOf(chunk) })),
    total_byte_size: 0n,
    num_rows: BigInt(rowCount),
  };
  const metadata = {
    version: 2,
    schema: prunedSchema(schema, (path) => wanted.has(path.join('.'))),
    num_rows: BigInt(rowCount),
    row_groups: [group],
    metadata_length: 0,
  };
  const slice = (from: number, to = file.length) => Uint8Array.from(file.subarray(from, to)).buffer;
  await parquetRead({
    file: { byteLength: file.length, slice },
    metadata,
    onChunk: ({ columnName, columnData }) => {
      columns.set(columnName, [...(columns.get(columnName) ?? []), ...columnData]);
    },
  });
}

function metadataOf({ leaf, start, sizeBytes, pages, values }: EncodedChunk): ColumnMetaData {
  const { dictionary, data } = pages;
  const dictionaryEnd = BigInt(start + (dictionary?.bytes.length ?? 0));
  return {
    type: leaf.element.type as NonNullable<typeof leaf.element.type>,
    path_in_schema: [...leaf.path],
    codec: 'SNAPPY',
    encodings: data.map(({ encoding }) => encoding),
    num_values: BigInt(values),
    total_compressed_size: BigInt(sizeBytes),
    total_uncompressed_size: BigInt(sizeBytes),
    data_page_offset: dictionaryEnd,
    ...(dictionary && { dictionary_page_offset: BigInt(start) }),
  };
}

/** NaN where there is no value. */
function doubles({ pages }: EncodedChunk, rowCount: number): number[] {
  const { dictionary, data } = pages;
  const known = dictionary && float64s(dictionaryBytes(dictionary));
  const column: number[] = [];
  for (const page of data) {
    const own =
      page.encoding === 'RLE_DICTIONARY'
        ? Array.from(dictionaryPlaces(page), (place) => known?.[place] ?? Number.NaN)
        : float64s(valueBytes(page));
    const present = presence(page);
    let at = 0;
    for (const one of present) column.push(one === 1 ? (own[at++] ?? Number.NaN) : Number.NaN);
  }
  if (column.length !== rowCount) throw new RangeError('a column of another length');
  return column;
}

function float64s(bytes: Uint8Array): Float64Array {
  return new Float64Array(Uint8Array.from(bytes).buffer);
}

/** The different texts of a column, or of the lists in it. */
export function distinctTexts({ pages, leaf }: EncodedChunk): Set<string> {
  const { dictionary, data } = pages;
  const { type } = leaf.element;
  const found = new Set<string>();
  if (dictionary) {
    for (const value of plainValues(dictionaryBytes(dictionary), dictionary.values, type)) {
      found.add(value);
    }
  }
  for (const page of data) {
    if (page.encoding === 'RLE_DICTIONARY') continue;
    for (const value of plainValues(valueBytes(page), page.values - page.nulls, type)) {
      found.add(value);
    }
  }
  return new Set([...found].map((value) => Buffer.from(value.slice(4), 'latin1').toString()));
}
