import { writeBytes } from '../../kernels/evidence-values.ts';
import type { ClassEvidence, StoredEvidence } from '../run/evidence/class-evidence.ts';
import { objectKeys } from '../run/object-keys.ts';
import type { RunSpec } from '../run/run-spec.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { type PackedMap, packMap, unpackMap } from './map-archive.ts';
import type { StoredRow } from './sample-row-parquet.ts';

/** The greatest byte of a stored map. */
const most = 255;

/** The map as an archive holds it: in bytes, evenly from `low` to `high`: at most 1 / 510 of their distance off. */
export function packEvidence(evidence: ClassEvidence): PackedMap {
  return packMap([evidence.gridHeight, evidence.gridWidth], bytesOf(evidence));
}

/** The evidence as it is read back. */
export function evidenceAsStored(evidence: ClassEvidence): ClassEvidence {
  return { ...evidence, map: mapOf(bytesOf(evidence), evidence) };
}

/** The evidence of one image from its packed maps, in their order; a class whose map is not stored is left out. */
export function unpackedEvidence(
  figures: readonly StoredEvidence[],
  packed: readonly (PackedMap | undefined)[],
): ClassEvidence[] {
  return figures.flatMap(({ mapOffset: _, mapBytes: __, ...one }, index) => {
    const { deflated } = packed[index] ?? {};
    const values = deflated && unpackMap(deflated, one.gridHeight * one.gridWidth);
    return values === undefined ? [] : [{ ...one, map: mapOf(values, one) }];
  });
}

type Range = Pick<ClassEvidence, 'low' | 'high'>;

function bytesOf({ map, low, high }: ClassEvidence): Uint8Array {
  const gain = high > low ? most / (high - low) : 0;
  const values = new Uint8Array(map.length);
  // No value is below `low`: cutting off the fraction of value + 0.5 rounds.
  writeBytes(map, { base: low, gain }, values, 0);
  return values;
}

function mapOf(values: Uint8Array, { low, high }: Range): Float32Array {
  const map = new Float32Array(values.length);
  // `Float32Array.from` goes through an iterator, which takes longer than unpacking.
  for (let cell = 0; cell < map.length; cell++) {
    map[cell] = low + (values[cell]! / most) * (high - low);
  }
  return map;
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
  stored: StoredEvidence,
): Promise<Float32Array | undefined> {
  const { mapOffset, mapBytes, gridHeight, gridWidth } = stored;
  if (mapOffset === undefined || mapBytes === undefined) return undefined;
  const packed = await store.getRange(key, mapOffset, mapOffset + mapBytes);
  const values = packed && unpackMap(packed, gridHeight * gridWidth);
  return values && mapOf(values, stored);
}
