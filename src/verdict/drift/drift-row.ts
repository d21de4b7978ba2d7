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
}

/** Some rows of a run. A row is valid until the next one is taken. */
export interface DriftRows {
  readonly rows: Iterable<DriftRow>;
  /** Their measures and sizes by column, where that is quicker than image by image. */
  readonly columns?: DriftColumnsOfRows;
}

export interface DriftColumnsOfRows {
  /** Which row `rows` is at. */
  readonly at: number;
  readonly columns: Iterable<readonly [name: string, values: Float64Array]>;
}

/** Names and values, place by place: two lists, because pairs of a million images are a hundred million arrays. What is not finite is absent. */
export interface NamedValues {
  readonly names: readonly string[];
  readonly values: readonly number[];
}

/** `contents`: rows are only asked for their key, their status and what `contentName` takes, so that nothing else need be read. */
export type NeededOfRows = 'contents' | 'all';

/** The rows of one run, some at a time: the same ones, in the same order, each time. */
export interface DriftSource {
  readonly rows: (needed?: NeededOfRows) => AsyncIterable<DriftRows>;
  /** By class id. */
  readonly classNames: readonly string[];
}

/** What `contentName` takes of the measures. */
export const inputs: readonly string[] = [
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

/** The measures of an image that are compared, and its size. */
export function comparedMeasures({ measures, geometry }: DriftRow): NamedValues {
  const named = Object.entries(measures).filter(([column]) => isCompared(column));
  if (geometry !== undefined) {
    const { width, height } = geometry;
    named.push([imageSize.area, width * height], [imageSize.aspect, width / height]);
  }
  return { names: named.map(([name]) => name), values: named.map(([, value]) => value) };
}

/** Of each class its share among what was found in an image. Absent classes are left out, and are 0. */
export function classShares(
  { detections, classScores }: DriftRow,
  classNames: readonly string[],
): NamedValues {
  // Of a classifier only the first class is its answer.
  const found = detections.length > 0 ? detections : classScores.slice(0, 1);
  const counts = new Map<number, number>();
  for (const { classId } of found) counts.set(classId, (counts.get(classId) ?? 0) + 1);
  const [names, values]: [string[], number[]] = [[], []];
  for (const [classId, count] of counts) {
    names.push(shareName(classNames[classId] ?? `class ${classId}`));
    values.push(count / found.length);
  }
  return { names, values };
}

/** One text for each class: columns are found by it for every object. */
const shareName = rememberedByName((className: string) => classSharePrefix + className);

export const imageSize = { area: 'image_area', aspect: 'image_aspect' } as const;

/** Convergence is the arithmetic's and not the image's: it differs between devices. */
export function isCompared(column: string): boolean {
  return isComparedKind(column);
}

const isComparedKind = rememberedByName((column: string) => {
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
  const { brightness, contrast, sharpness, colorfulness } = sampleColumns;
  // One text and no loop: millions of them are made.
  return `${sizeBytes} ${geometry?.width} ${geometry?.height} ${measureOf(row, brightness) ?? ''} ${measureOf(row, contrast) ?? ''} ${measureOf(row, sharpness) ?? ''} ${measureOf(row, colorfulness) ?? ''}`;
}

function measureOf(row: DriftRow, column: string): number | undefined {
  return row.measure === undefined ? row.measures[column] : row.measure(column);
}
