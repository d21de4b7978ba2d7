import { z } from 'zod';
import type { StoredBoxMap } from '../../run/evidence/box-map.ts';
import { int32, list, struct, text } from '../parquet-elements.ts';

/** Box maps as elements of the Parquet list `box_maps`, which only runs that compute them have. What is absent is null. */
export const boxMapColumn = 'box_maps';

export const boxMapElements = list(
  boxMapColumn,
  struct([
    ...[int32('box', 'REQUIRED'), text('layer', 'REQUIRED')],
    ...['grid_height', 'grid_width', 'cell', 'steps'].map((name) => int32(name, 'REQUIRED')),
    ...['map_offset', 'map_bytes', 'map_index', 'map_count'].map((name) => int32(name, 'OPTIONAL')),
  ]),
  'OPTIONAL',
);

const count = z.int().nonnegative();
const optional = count.nullish().transform((value) => value ?? undefined);
export const boxMapSchema = z.object({
  box: count,
  layer: z.string(),
  grid_height: count,
  grid_width: count,
  cell: count,
  steps: z.int().min(1).max(255),
  map_offset: optional,
  map_bytes: optional,
  map_index: optional,
  map_count: optional,
});

export function boxMapElement(one: StoredBoxMap) {
  return {
    ...{ box: one.detection, layer: one.layer, cell: one.cell, steps: one.steps },
    ...{ grid_height: one.gridHeight, grid_width: one.gridWidth },
    ...{ map_offset: one.mapOffset, map_bytes: one.mapBytes },
    ...{ map_index: one.mapIndex, map_count: one.mapCount },
  };
}

export function boxMapOf(element: z.output<typeof boxMapSchema>): StoredBoxMap {
  const { box, layer, grid_height, grid_width, cell, steps, ...place } = element;
  const { map_offset, map_bytes, map_index, map_count } = place;
  return {
    ...{ detection: box, layer, gridHeight: grid_height, gridWidth: grid_width, cell, steps },
    ...(map_offset !== undefined && { mapOffset: map_offset }),
    ...(map_bytes !== undefined && { mapBytes: map_bytes }),
    ...(map_index !== undefined && { mapIndex: map_index }),
    ...(map_count !== undefined && { mapCount: map_count }),
  };
}
