import type { BoxMap, StoredBoxMap } from '../../run/evidence/box-map.ts';
import { objectKeys } from '../../run/object-keys.ts';
import type { RunSpec } from '../../run/run-spec.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import { unpackMap } from '../map-archive.ts';
import type { StoredRow } from '../sample-row-parquet.ts';

/**
 * Reads the box maps of one image, those of a layer by a small range request. A box whose map is not stored or cannot be read is left out; `undefined` for a row without
 * any: of a run without them, of a model that cannot have them, or of an image that could not be explained.
 */
export async function readStoredBoxMaps(
  store: ObjectStore,
  { runId }: Pick<RunSpec, 'runId'>,
  { shard, boxMaps }: Pick<StoredRow, 'shard' | 'boxMaps'>,
): Promise<BoxMap[] | undefined> {
  if (boxMaps === undefined) return undefined;
  const key = objectKeys.mapArchive(runId, 'boxes', shard);
  const read = new Map<number, Promise<Uint8Array | undefined>>();
  const found: BoxMap[] = [];
  for (const one of boxMaps) {
    const { mapOffset = -1, mapBytes = 0, mapIndex = 0, mapCount = 0, steps, ...figures } = one;
    const cells = cellsOf(one);
    if (mapOffset < 0 || mapIndex >= mapCount || mapCount * cells > mostCells) continue;
    const bytes = read.get(mapOffset) ?? store.getRange(key, mapOffset, mapOffset + mapBytes);
    read.set(mapOffset, bytes);
    const packed = await bytes;
    const values = packed && unpackMap(packed, mapCount * cells);
    if (values === undefined) continue;
    const own = values.subarray(mapIndex * cells, (mapIndex + 1) * cells);
    found.push({ ...figures, map: Float32Array.from(own, (value) => Math.min(1, value / steps)) });
  }
  return found;
}

/** Of an altered row; a thousand maps of a large grid have fewer. */
const mostCells = 1e8;

function cellsOf({ gridHeight, gridWidth }: StoredBoxMap): number {
  return gridHeight * gridWidth;
}
