import { mapColumn } from '../../shared/catalog/measure-column.ts';
import {
  decodeNpyValues,
  npyHeaderRangeBytes,
  npyItemBytes,
  npyRowRange,
  parseNpyHeader,
} from '../../shared/results/npy.ts';
import { objectKeys } from '../../shared/run/object-keys.ts';
import type { RunSpec, TargetLayer } from '../../shared/run/run-spec.ts';
import type { SampleRow } from '../../shared/run/sample-row.ts';
import { areFinite } from '../../shared/statistics/are-finite.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';
import type { StoredLayerMap } from './card-maps.ts';

/** The first component of every layer for one image, by two small range requests a layer; none when the run stored no maps of it, or when they cannot be read. */
export async function readStoredMaps(
  store: ObjectStore,
  spec: RunSpec,
  shard: number,
  row: SampleRow,
): Promise<StoredLayerMap[]> {
  const { mapRow, measures } = row;
  if (mapRow === undefined) return [];
  const maps: StoredLayerMap[] = [];
  for (const layer of spec.targetLayers) {
    const map = await readMap(store, objectKeyOf(spec, layer, shard), mapRow, layer);
    if (map === undefined) return [];
    const explainedVariance = measures[mapColumn('explainedVariance', layer.column)] ?? 0;
    maps.push({ layer, map, explainedVariance });
  }
  return maps;
}

function objectKeyOf({ runId }: RunSpec, layer: TargetLayer, shard: number): string {
  return objectKeys.maps(runId, layer.name, shard, layer.gridHeight, layer.gridWidth);
}

async function readMap(
  store: ObjectStore,
  key: string,
  mapRow: number,
  layer: TargetLayer,
): Promise<Float32Array | undefined> {
  const head = await store.getRange(key, 0, npyHeaderRangeBytes);
  if (head === undefined) return undefined;
  const place = placeOf(head, mapRow, layer);
  const bytes = place && (await store.getRange(key, place.start, place.end));
  if (place === undefined || bytes === undefined) return undefined;
  if (bytes.length < place.end - place.start) return undefined;
  const map = decodeNpyValues(place.header, bytes);
  return areFinite(map) ? map : undefined;
}

/** Where the first component of a row lies; `undefined` for a file that is not the layer's own: nothing is read by the numbers of an altered one. */
function placeOf(head: Uint8Array, mapRow: number, { gridHeight, gridWidth }: TargetLayer) {
  try {
    const header = parseNpyHeader(head);
    const [, components = 0, height, width] = header.shape;
    if (components < 1 || height !== gridHeight || width !== gridWidth) return undefined;
    const { start } = npyRowRange(header, mapRow);
    return { header, start, end: start + gridHeight * gridWidth * npyItemBytes(header) };
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
