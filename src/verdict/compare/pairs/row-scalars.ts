import type { ColumnTable } from '../../../shared/results/columns/column-table.ts';
import { geometryColumns, geometryNames } from '../../../shared/results/sample-row-columns.ts';
import type { LetterboxGeometry } from '../../../shared/run/letterbox-geometry.ts';

/** What is needed of a row to find its maps, without its boxes. */
export interface RowScalars {
  readonly shard: number;
  readonly row: number;
  readonly mapRow?: number;
  readonly geometry?: LetterboxGeometry;
  /** Measure columns that were read -> value. */
  readonly measures: Readonly<Record<string, number>>;
}

/** Columns that `rowScalars` reads beside the measures. */
export const scalarColumns = ['shard', 'shard_row', 'map_row', ...geometryColumns] as const;

/** @param measures columns, of which those that the row has are taken */
export function rowScalars(
  table: ColumnTable,
  row: number,
  measures: readonly string[],
): RowScalars {
  const taken = measures.flatMap((name) => {
    const value = numberAt(table, name, row);
    return value === undefined ? [] : [[name, value] as const];
  });
  const mapRow = numberAt(table, 'map_row', row);
  const geometry = geometryAt(table, row);
  return {
    shard: numberAt(table, 'shard', row) ?? 0,
    row: numberAt(table, 'shard_row', row) ?? 0,
    ...(mapRow !== undefined && { mapRow }),
    ...(geometry && { geometry }),
    measures: Object.fromEntries(taken),
  };
}

function geometryAt(table: ColumnTable, row: number): LetterboxGeometry | undefined {
  const values = geometryColumns.map((name) => numberAt(table, name, row));
  if (values.includes(undefined)) return undefined;
  const named = geometryNames.map((name, i) => [name, values[i]]);
  return Object.fromEntries(named) as LetterboxGeometry;
}

function numberAt(table: ColumnTable, name: string, row: number): number | undefined {
  const value = table.numbers(name)?.[row];
  return value === undefined || Number.isNaN(value) ? undefined : value;
}
