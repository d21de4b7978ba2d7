import type { SchemaElement } from 'hyparquet';
import { type ColumnLeaf, columnLeaves } from '../../../shared/results/encoded/column-leaf.ts';
import {
  type EncodedChunk,
  type EncodedTable,
  EncodedTables,
} from '../../../shared/results/encoded/encoded-table.ts';
import {
  type Column,
  columnNames,
  readTable,
  type Table,
  TableWriter,
} from '../../../shared/results/parquet-table.ts';

/**
 * The rows of a shard in the columns of others, where no value is lost: versions differ in which columns without a value they write. What the shard lacks is null there, or an
 * empty list. `undefined` where it has values that these columns have no place for, or lacks what cannot be null.
 */
export async function fitTable(
  table: EncodedTable,
  schema: SchemaElement[],
): Promise<EncodedTable | undefined> {
  const places = new Map(columnLeaves(schema).map((leaf) => [leaf.path.join('.'), leaf]));
  const isLost = (chunk: EncodedChunk): boolean =>
    !isSame(places.get(chunk.leaf.path.join('.')), chunk.leaf) && hasValues(chunk);
  if (table.chunks.some(isLost)) return undefined;
  try {
    const writer = new TableWriter(schema);
    writer.append(filled(await readTable(table.file), schema));
    return new EncodedTables().read(writer.finish());
  } catch {
    return undefined;
  }
}

function isSame(a: ColumnLeaf | undefined, b: ColumnLeaf): boolean {
  return (
    a?.element.type === b.element.type &&
    a?.maxRepetition === b.maxRepetition &&
    a?.maxDefinition === b.maxDefinition
  );
}

function hasValues({ pages }: EncodedChunk): boolean {
  return pages.data.some(({ values, nulls }) => nulls < values);
}

function filled({ columns, rowCount }: Table, schema: SchemaElement[]): Map<string, Column> {
  const missing = columnNames(schema).filter((name) => !columns.has(name));
  return new Map([
    ...columns,
    ...missing.map((name) => [name, new Array(rowCount).fill(isNeeded(schema, name) ? [] : null)]),
  ] as [string, Column][]);
}

/** Whether it cannot be null; such a column that files may lack is a list. */
function isNeeded(schema: readonly SchemaElement[], name: string): boolean {
  return schema.some((one) => one.name === name && one.repetition_type === 'REQUIRED');
}
