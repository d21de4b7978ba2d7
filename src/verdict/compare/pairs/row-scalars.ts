import type { Column, Table } from '../../../shared/results/parquet-table.ts';
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
  { columns }: Table,
  row: number,
  measures: readonly string[],
): RowScalars {
  const taken = measures.flatMap((name) => {
    const value = columns.get(name)?.[row];
    return typeof value === 'number' ? [[name, value] as const] : [];
  });
  const mapRow = numberAt(columns.get('map_row'), row);
  const geometry = geometryAt(columns, row);
  return {
    shard: numberAt(columns.get('shard'), row) ?? 0,
    row: numberAt(columns.get('shard_row'), row) ?? 0,
    ...(mapRow !== undefined && { mapRow }),
    ...(geometry && { geometry }),
    measures: Object.fromEntries(taken),
  };
}

function geometryAt(
  columns: ReadonlyMap<string, Column>,
  row: number,
): LetterboxGeometry | undefined {
  const values = geometryColumns.map((name) => numberAt(columns.get(name), row));
  if (values.includes(undefined)) return undefined;
  const named = geometryNames.map((name, i) => [name, values[i]]);
  return Object.fromEntries(named) as LetterboxGeometry;
}

function numberAt(column: Column | undefined, row: number): number | undefined {
  const value = column?.[row];
  return typeof value === 'number' ? value : undefined;
}
