import { mapColumn } from '../../shared/catalog/measure-column.ts';
import { readStoredMap } from '../../shared/results/stored-map.ts';
import type { RunSpec } from '../../shared/run/run-spec.ts';
import type { SampleRow } from '../../shared/run/sample-row.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';
import type { StoredLayerMap } from './card-maps.ts';

/** The first component of every layer for one image, by two small range requests a layer; none when the run stored no maps of it, or when they cannot be read. */
export async function readStoredMaps(
  store: ObjectStore,
  spec: RunSpec,
  shard: number,
  row: SampleRow,
): Promise<StoredLayerMap[]> {
  const { mapRow, measures, geometry } = row;
  if (mapRow === undefined) return [];
  const maps: StoredLayerMap[] = [];
  for (const layer of spec.targetLayers) {
    const address = { layer, shard, mapRow, geometry, components: 1 };
    const stored = await readStoredMap(store, spec, address);
    if (stored === undefined) return [];
    const explainedVariance = measures[mapColumn('explainedVariance', layer.column)] ?? 0;
    maps.push({ layer: stored.layer, map: stored.values, explainedVariance });
  }
  return maps;
}
