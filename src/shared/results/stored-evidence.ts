import type { ClassEvidence, StoredEvidence } from '../run/evidence/class-evidence.ts';
import { objectKeys } from '../run/object-keys.ts';
import type { RunSpec } from '../run/run-spec.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { type PackedMap, packMap, unpackMap } from './map-archive.ts';
import type { StoredRow } from './sample-row-parquet.ts';

/** The greatest byte of a stored map. */
const most = 255;

/** The map as an archive holds it: in bytes, evenly from `low` to `high`: at most 1 / 510 of their distance off. */
export function packEvidence({ map, gridHeight, gridWidth, low, high }: ClassEvidence): PackedMap {
  const gain = high > low ? most / (high - low) : 0;
  const values = new Uint8Array(map.length);
  // No value is below `low`: cutting off the fraction of value + 0.5 rounds.
  for (let cell = 0; cell < map.length; cell++) values[cell] = (map[cell]! - low) * gain + 0.5;
  return packMap([gridHeight, gridWidth], values);
}

/**
 * Reads the evidence of one image, each map by a small range request. A class whose map is not stored or cannot be read is left out; `undefined` for a row without
 * any evidence: of a run without it, or an image that could not be explained.
 */
export async function readStoredEvidence(
  store: Pick<ObjectStore, 'getRange'>,
  { runId }: Pick<RunSpec, 'runId'>,
  { shard, evidence }: Pick<StoredRow, 'shard' | 'evidence'>,
): Promise<ClassEvidence[] | undefined> {
  if (evidence === undefined) return undefined;
  const key = objectKeys.mapArchive(runId, 'evidence', shard);
  const found: ClassEvidence[] = [];
  for (const stored of evidence) {
    const map = await readMap(store, key, stored);
    if (map === undefined) continue;
    const { mapOffset, mapBytes, ...figures } = stored;
    found.push({ ...figures, map });
  }
  return found;
}

async function readMap(
  store: Pick<ObjectStore, 'getRange'>,
  key: string,
  { mapOffset, mapBytes, gridHeight, gridWidth, low, high }: StoredEvidence,
): Promise<Float32Array | undefined> {
  if (mapOffset === undefined || mapBytes === undefined) return undefined;
  const packed = await store.getRange(key, mapOffset, mapOffset + mapBytes);
  const values = packed && unpackMap(packed, gridHeight * gridWidth);
  if (values === undefined) return undefined;
  const map = new Float32Array(values.length);
  // `Float32Array.from` goes through an iterator, which takes longer than unpacking.
  for (let cell = 0; cell < map.length; cell++) {
    map[cell] = low + (values[cell]! / most) * (high - low);
  }
  return map;
}
