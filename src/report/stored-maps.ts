import {
  decodeNpyValues,
  npyHeaderRangeBytes,
  npyRowRange,
  parseNpyHeader,
} from '../shared/npy.ts';
import { objectKeys } from '../shared/object-keys.ts';
import type { ObjectStore } from '../shared/object-store.ts';
import type { RunSpec, TargetLayer } from '../shared/run-spec.ts';
import type { SampleRow } from '../shared/sample-row.ts';
import type { StoredLayerMap } from './card-maps.ts';

/** The first component of every layer for one image, by two small range requests a layer; none when the run stored no maps of it. */
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
    const explainedVariance = measures[`explainedVariance.${layer.name}`] ?? 0;
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
  { gridWidth, gridHeight }: TargetLayer,
): Promise<Float32Array | undefined> {
  const head = await store.getRange(key, 0, npyHeaderRangeBytes);
  if (head === undefined) return undefined;
  const header = parseNpyHeader(head);
  const { start, end } = npyRowRange(header, mapRow);
  const values = await store.getRange(key, start, end);
  if (values === undefined) return undefined;
  return decodeNpyValues(header, values).subarray(0, gridWidth * gridHeight);
}
