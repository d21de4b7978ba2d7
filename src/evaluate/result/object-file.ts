import type { SchemaElement } from 'hyparquet';
import { numbersOf } from '../../shared/results/encoded/chunk-values.ts';
import { type EncodedTable, EncodedTables } from '../../shared/results/encoded/encoded-table.ts';
import { isWholeChunk } from '../../shared/results/encoded/whole-chunk.ts';
import { readTable } from '../../shared/results/parquet-table.ts';
import { isObjectTable, objectTableSchema } from './object-table.ts';

const tables = new EncodedTables();
const ownSchema = textOf(objectTableSchema);

/** Whether a file that anybody may have stored has the columns of objects, and in them what can be written again, all of one shard. @throws what no Parquet file throws */
export async function isObjectFile(bytes: Uint8Array, shard: number): Promise<boolean> {
  return isOwnFile(bytes, shard) || isObjectTable(await readTable(bytes), shard);
}

/** Whether it is whole, and written as eigenfleet writes it: then its values need not be decoded. */
function isOwnFile(bytes: Uint8Array, shard: number): boolean {
  try {
    const table = tables.read(bytes);
    if (textOf(table.schema) !== ownSchema) return false;
    return table.chunks.every((chunk) => isWholeChunk(chunk, table.rowCount)) && isOf(table, shard);
  } catch {
    return false;
  }
}

function isOf({ chunks, rowCount }: EncodedTable, shard: number): boolean {
  const chunk = chunks.find(({ leaf }) => leaf.path.join('.') === 'shard');
  return chunk !== undefined && numbersOf(chunk, rowCount).every((one) => one === shard);
}

/** What of a schema decides how values are read. */
function textOf(schema: readonly SchemaElement[]): string {
  const [, ...fields] = schema.map(({ name, type, repetition_type, converted_type }) => [
    ...[name, type, repetition_type, converted_type],
  ]);
  return JSON.stringify(fields);
}
