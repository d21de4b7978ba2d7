import { z } from 'zod';
import { parseColumn } from '../catalog/measure-column.ts';
import { storedFlagSchema } from '../catalog/stored-flag.ts';
import { EigenfleetError } from '../errors.ts';
import type { LetterboxGeometry } from '../run/letterbox-geometry.ts';
import { sampleStatuses } from '../run/sample.ts';
import type { SampleRow } from '../run/sample-row.ts';
import type { UnusualMeasure } from '../statistics/outlier-rule.ts';
import { boxMapColumn, boxMapElement, boxMapOf, boxMapSchema } from './box-maps/box-map-columns.ts';
import {
  boxSchema,
  classScoreOf,
  classScoreSchema,
  detectionOf,
  storedBox,
  storedClassScore,
} from './detection-columns.ts';
import { evidenceColumn, evidenceElement, evidenceOf, evidenceSchema } from './evidence-columns.ts';
import { labelsOf, storedLabels } from './label-columns.ts';
import { type Column, columnNames, readTable, type Table, TableWriter } from './parquet-table.ts';
import {
  geometryColumns,
  geometryNames,
  mapScalePrefix,
  type RowColumns,
  rowSchema,
} from './sample-row-columns.ts';

/** A row as it is read back: with the shard it came from, since the parts of `images/` hold many. */
export interface StoredRow extends SampleRow {
  readonly shard: number;
  /** How an outlier differs from its dataset, the most unusual first; absent for all others, and in the files of shards. */
  readonly unusual?: readonly UnusualMeasure[];
}

/**
 * The shard's Parquet file: one row for each entry of the manifest, in one row group. Measures and layers that are not in `columns` are not
 * written. Columns: `sample-row-columns.ts`, and for people `docs/results.md`.
 */
export function encodeRows(rows: readonly SampleRow[], columns: RowColumns): Uint8Array {
  const schema = rowSchema(columns);
  const writer = new TableWriter(schema);
  writer.append(
    toColumns(
      rows.map((row) => toTableRow(row, columns)),
      columnNames(schema),
    ),
  );
  return writer.finish();
}

/** A row that differs from what `encodeRows` writes: another version or somebody else wrote it. `row`: its place in the file. */
export interface UnreadableRow {
  readonly row: number;
  /** A phrase. */
  readonly reason: string;
}

/**
 * Returns the rows of a file made by `encodeRows` or `compactRows`, exactly as they went in. An unreadable row goes to `onUnreadable` and is left out;
 * without that, `EigenfleetError('storage')` is thrown. Throws when the bytes are not a Parquet file.
 *
 * @param wanted rows by their place in the shard; all when absent
 */
export async function decodeRows(
  bytes: Uint8Array,
  onUnreadable: (row: UnreadableRow) => void = refuse,
  wanted?: ReadonlySet<number>,
): Promise<StoredRow[]> {
  return rowsOfTable(await readTable(bytes), onUnreadable, wanted);
}

/** As `decodeRows`, of a table that was read. */
export function rowsOfTable(
  table: Table,
  onUnreadable: (row: UnreadableRow) => void = refuse,
  wanted?: ReadonlySet<number>,
): StoredRow[] {
  const inShard = table.columns.get('shard_row');
  return Array.from({ length: table.rowCount }, (_, row) => row).flatMap((row) => {
    if (wanted !== undefined && !wanted.has(Number(inShard?.[row]))) return [];
    try {
      return [fromTableRow(tableRowAt(table, row))];
    } catch (error) {
      if (!(error instanceof z.ZodError)) throw error;
      onUnreadable({ row, reason: firstIssue(error) });
      return [];
    }
  });
}

function refuse({ row, reason }: UnreadableRow): never {
  throw new EigenfleetError('storage', `Row ${row} of a shard's file cannot be read: ${reason}.`);
}

/** One is enough: a NaN box has four, and nobody reads a thousand of them. */
function firstIssue({ issues }: z.ZodError): string {
  const [first] = issues;
  return first === undefined ? 'no reason is known' : `${first.path.join('.')}: ${first.message}`;
}

type TableRow = Readonly<Record<string, unknown>>;

function toColumns(rows: readonly TableRow[], names: readonly string[]): Map<string, Column> {
  return new Map(names.map((name) => [name, rows.map((row) => row[name])]));
}

function tableRowAt({ columns }: Table, row: number): TableRow {
  const values: Record<string, unknown> = {};
  for (const [name, column] of columns) values[name] = column[row];
  return values;
}

function toTableRow(row: SampleRow, columns: RowColumns): TableRow {
  const { classNames } = columns;
  const table: Record<string, unknown> = {
    shard: columns.shard,
    shard_row: row.row,
    key: row.key,
    size_bytes: BigInt(row.sizeBytes),
    etag: row.etag,
    status: row.status,
    reason: row.reason,
    boxes: row.detections.map((one) => storedBox(one, classNames)),
    class_scores: row.classScores.map((one) => storedClassScore(one, classNames)),
    flags: row.flags,
    map_row: row.mapRow,
    overlay: row.overlay,
    ...(columns.labels && storedLabels(row.labels, classNames)),
  };
  geometryColumns.forEach((column, i) => {
    const name = geometryNames[i];
    if (name !== undefined) table[column] = row.geometry?.[name];
  });
  if (columns.withEvidence) {
    table[evidenceColumn] = row.evidence?.map((one) => evidenceElement(one, classNames));
  }
  if (columns.withBoxMaps) table[boxMapColumn] = row.boxMaps?.map(boxMapElement);
  for (const layer of columns.layers) table[mapScalePrefix + layer] = row.mapScale[layer];
  for (const name of columns.measureColumns) table[name] = row.measures[name];
  return table;
}

const absent = z
  .number()
  .nullish()
  .transform((value) => value ?? undefined);
const geometrySchema = z.object({
  width: z.number(),
  height: z.number(),
  newWidth: z.number(),
  newHeight: z.number(),
  left: z.number(),
  top: z.number(),
  inputWidth: z.number(),
  inputHeight: z.number(),
});
const fixedSchema = z.object({
  shard: z.number(),
  shard_row: z.number(),
  key: z.string(),
  size_bytes: z.bigint(),
  etag: z.string(),
  status: z.enum(sampleStatuses),
  reason: z.string().nullish(),
  boxes: z.array(boxSchema),
  class_scores: z.array(classScoreSchema).default([]),
  flags: z.array(storedFlagSchema),
  map_row: absent,
  overlay: z.boolean(),
  evidence: z.array(evidenceSchema).nullish(),
  box_maps: z.array(boxMapSchema).nullish(),
  unusual: z
    .array(z.object({ measure: z.string(), value: z.number(), usual: z.number(), z: z.number() }))
    .nullish(),
});

/** zod's numbers are finite. */
const measuresSchema = z.record(z.string(), z.number());
const mapScaleSchema = z.record(z.string(), z.array(z.number()));

function fromTableRow(table: TableRow): StoredRow {
  const fixed = fixedSchema.parse(table);
  const hasGeometry = table.width !== null && table.width !== undefined;
  return {
    shard: fixed.shard,
    row: fixed.shard_row,
    key: fixed.key,
    sizeBytes: Number(fixed.size_bytes),
    etag: fixed.etag,
    status: fixed.status,
    ...(fixed.reason === null || fixed.reason === undefined ? {} : { reason: fixed.reason }),
    ...(hasGeometry ? { geometry: geometryOf(table) } : {}),
    detections: fixed.boxes.map(detectionOf),
    classScores: fixed.class_scores.map(classScoreOf),
    measures: measuresOf(table),
    flags: fixed.flags,
    ...(fixed.map_row === undefined ? {} : { mapRow: fixed.map_row }),
    mapScale: mapScaleOf(table),
    ...(fixed.evidence && { evidence: fixed.evidence.map(evidenceOf) }),
    ...(fixed.box_maps && { boxMaps: fixed.box_maps.map(boxMapOf) }),
    overlay: fixed.overlay,
    ...labelsOf(table),
    ...(fixed.unusual?.length ? { unusual: fixed.unusual } : {}),
  };
}

function geometryOf(table: TableRow): LetterboxGeometry {
  const stored = geometryNames.map((name, i) => [name, table[geometryColumns[i] ?? name]]);
  return geometrySchema.parse(Object.fromEntries(stored));
}

function measuresOf(table: TableRow): Record<string, number> {
  const measures: Record<string, number> = {};
  for (const [name, value] of Object.entries(table)) {
    if (typeof value === 'number' && parseColumn(name) !== undefined) measures[name] = value;
  }
  return measuresSchema.parse(measures);
}

function mapScaleOf(table: TableRow): Record<string, number[]> {
  const scales: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(table)) {
    if (!name.startsWith(mapScalePrefix) || value === null || value === undefined) continue;
    scales[name.slice(mapScalePrefix.length)] = value;
  }
  return mapScaleSchema.parse(scales);
}
