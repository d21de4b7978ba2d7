import { parseColumn, sampleColumns } from '../../shared/catalog/measure-column.ts';
import { rememberedByName } from '../../shared/host/remembered.ts';
import type { StoredRow } from '../../shared/results/sample-row-parquet.ts';

/** What drift needs of a row; a stored row is one, and so is one of which fewer columns were read. */
export interface DriftRow
  extends Pick<StoredRow, 'key' | 'etag' | 'sizeBytes' | 'shard' | 'row' | 'status' | 'measures'> {
  readonly geometry?: { readonly width: number; readonly height: number } | undefined;
  readonly detections: readonly { readonly classId: number }[];
  readonly classScores: readonly { readonly classId: number }[];
  /** One of `measures`, where that is quicker than all of them. */
  measure?(column: string): number | undefined;
  /** All of `measures`, where that is quicker than an object of them. */
  eachMeasure?(take: (column: string, value: number) => void): void;
}

/** The rows of one run; read once, from the first. */
export interface DriftSource {
  readonly rows: () => AsyncIterable<DriftRow>;
  /** By class id. */
  readonly classNames: readonly string[];
}

const inputs = [
  sampleColumns.brightness,
  sampleColumns.contrast,
  sampleColumns.sharpness,
  sampleColumns.colorfulness,
];

/** Whether the row's pixels were measured: rows of versions before there were such measures are not. */
export function hasInputs(row: DriftRow): boolean {
  return measureOf(row, sampleColumns.brightness) !== undefined;
}

/** Most classes whose shares are compared: those that come first. */
export const mostClasses = 100;

export const classSharePrefix = 'class_share.';

/** Names and values of one image, place by place: two lists, because pairs of a million images are a hundred million arrays. */
export interface DriftValues {
  readonly names: readonly string[];
  readonly values: readonly number[];
}

/** What is compared of an image, by name: its measures, its size, and of each class its share among what was found. Absent classes are left out, and are 0. */
export function driftValues(row: DriftRow, classNames: readonly string[]): DriftValues {
  const [names, values]: [string[], number[]] = [[], []];
  const take = (name: string, value: number): void => {
    names.push(name);
    values.push(value);
  };
  const takeMeasure = (column: string, value: number): void => {
    if (isCompared(column)) take(column, value);
  };
  if (row.eachMeasure) row.eachMeasure(takeMeasure);
  else for (const [column, value] of Object.entries(row.measures)) takeMeasure(column, value);
  const { geometry, detections, classScores } = row;
  if (geometry !== undefined) {
    take(imageSize.area, geometry.width * geometry.height);
    take(imageSize.aspect, geometry.width / geometry.height);
  }
  // Of a classifier only the first class is its answer.
  const found = detections.length > 0 ? detections : classScores.slice(0, 1);
  const counts = new Map<number, number>();
  for (const { classId } of found) counts.set(classId, (counts.get(classId) ?? 0) + 1);
  for (const [classId, count] of counts) {
    take(classSharePrefix + (classNames[classId] ?? `class ${classId}`), count / found.length);
  }
  return { names, values };
}

export const imageSize = { area: 'image_area', aspect: 'image_aspect' } as const;

/** Convergence is the arithmetic's and not the image's: it differs between devices. */
const isCompared = rememberedByName((column: string) => {
  const kind = parseColumn(column)?.kind;
  return kind !== undefined && kind.name !== 'residual';
});

/**
 * Names the content of an image. `pixels`: size in bytes and pixels, and the measures of its pixels, which agree in all of their digits for the same file alone,
 * wherever it lies; `etag`: what storage says of it, which a copied folder changes.
 */
export function contentName(row: DriftRow, identity: 'pixels' | 'etag'): string {
  const { sizeBytes, etag, geometry } = row;
  if (identity === 'etag') return `${sizeBytes} ${etag}`;
  const figures = inputs.map((column) => measureOf(row, column)).join(' ');
  return `${sizeBytes} ${geometry?.width} ${geometry?.height} ${figures}`;
}

function measureOf(row: DriftRow, column: string): number | undefined {
  return row.measure === undefined ? row.measures[column] : row.measure(column);
}
