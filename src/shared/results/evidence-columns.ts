import { z } from 'zod';
import type { EvidenceInObjects, StoredEvidence } from '../run/evidence/class-evidence.ts';
import { double, int32, list, struct, text } from './parquet-elements.ts';

/** Class evidence as elements of the Parquet list `evidence`, which only runs that compute it have. What is absent is null. */
export const evidenceColumn = 'evidence';

export const evidenceElements = list(
  evidenceColumn,
  struct([
    ...[int32('class_id', 'REQUIRED'), text('class_name', 'OPTIONAL'), text('layer', 'REQUIRED')],
    ...[int32('grid_height', 'REQUIRED'), int32('grid_width', 'REQUIRED')],
    ...[double('low', 'REQUIRED'), double('high', 'REQUIRED')],
    ...['share', 'area', 'ceiling', 'lift', 'attainable'].map((name) => double(name, 'OPTIONAL')),
    ...[int32('map_offset', 'OPTIONAL'), int32('map_bytes', 'OPTIONAL')],
  ]),
  'OPTIONAL',
);

const optional = z.number().nullish();
/** zod's numbers are finite. */
export const evidenceSchema = z.object({
  class_id: z.number(),
  layer: z.string(),
  grid_height: z.number(),
  grid_width: z.number(),
  low: z.number(),
  high: z.number(),
  share: optional,
  area: optional,
  ceiling: optional,
  lift: optional,
  attainable: optional,
  map_offset: optional,
  map_bytes: optional,
});
type EvidenceElement = z.infer<typeof evidenceSchema>;

/** @param names by class id */
export function evidenceElement(evidence: StoredEvidence, names: readonly string[]) {
  const { classId, layer, gridHeight, gridWidth, low, high, inObjects } = evidence;
  return {
    ...{ class_id: classId, class_name: names[classId], layer },
    ...{ grid_height: gridHeight, grid_width: gridWidth, low, high, ...inObjects },
    ...{ map_offset: evidence.mapOffset, map_bytes: evidence.mapBytes },
  };
}

export function evidenceOf(element: EvidenceElement): StoredEvidence {
  const { class_id, layer, grid_height, grid_width, low, high, map_offset, map_bytes } = element;
  const inObjects = inObjectsOf(element);
  return {
    ...{ classId: class_id, layer, gridHeight: grid_height, gridWidth: grid_width, low, high },
    ...(inObjects && { inObjects }),
    ...(isNumber(map_offset) && { mapOffset: map_offset }),
    ...(isNumber(map_bytes) && { mapBytes: map_bytes }),
  };
}

function inObjectsOf(element: EvidenceElement): EvidenceInObjects | undefined {
  const { share, area, ceiling, lift, attainable } = element;
  if (!isNumber(share) || !isNumber(area) || !isNumber(ceiling) || !isNumber(lift)) {
    return undefined;
  }
  return { share, area, ceiling, lift, ...(isNumber(attainable) && { attainable }) };
}

function isNumber(value: number | null | undefined): value is number {
  return typeof value === 'number';
}
