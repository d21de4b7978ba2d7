import { type LetterboxGeometry, layerForImage } from '../run/letterbox-geometry.ts';
import { objectKeys } from '../run/object-keys.ts';
import type { RunSpec, TargetLayer } from '../run/run-spec.ts';
import { areFinite } from '../statistics/are-finite.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import {
  decodeNpyValues,
  npyHeaderRangeBytes,
  npyItemBytes,
  npyRowRange,
  parseNpyHeader,
} from './npy.ts';
import { placeMaps } from './place-maps.ts';

/** The maps of one layer of one image. */
export interface StoredMap {
  readonly layer: TargetLayer;
  readonly values: Float32Array;
}

/** Which of the stored maps. */
export interface StoredMapAddress {
  readonly layer: TargetLayer;
  /** Of the image. */
  readonly geometry: LetterboxGeometry | undefined;
  readonly shard: number;
  /** The image's index in the arrays of its shard: `mapRow` of its row. */
  readonly mapRow: number;
  /** How many components, from the run's first. */
  readonly components: number;
}

/**
 * Reads the stored signed maps of one layer of one image, by two small range requests.
 *
 * @returns The layer with the grid of the image, and [components, gridHeight, gridWidth] of it; `undefined` when the run stored none, or when they cannot be read.
 */
export async function readStoredMap(
  store: Pick<ObjectStore, 'getRange'>,
  { runId, model }: Pick<RunSpec, 'runId' | 'model'>,
  address: StoredMapAddress,
): Promise<StoredMap | undefined> {
  const { layer, shard, geometry } = address;
  const own = layerForImage(layer, model, geometry ?? model);
  if (!isPart(own, layer)) return undefined;
  const key = objectKeys.maps(runId, layer.name, shard, layer.gridHeight, layer.gridWidth);
  const head = await store.getRange(key, 0, npyHeaderRangeBytes);
  if (head === undefined) return undefined;
  const place = placeOf(head, address);
  const bytes = place && (await store.getRange(key, place.start, place.end));
  if (place === undefined || bytes === undefined) return undefined;
  if (bytes.length < place.end - place.start) return undefined;
  const map = decodeNpyValues(place.header, bytes);
  if (!areFinite(map)) return undefined;
  const values = new Float32Array(address.components * own.gridHeight * own.gridWidth);
  placeMaps(map, layer, own, values);
  return { layer: own, values };
}

/** Whether an altered row leaves the image a grid within the layer's. */
function isPart(own: TargetLayer, layer: TargetLayer): boolean {
  const sides = [own.gridHeight, own.gridWidth];
  const fits = own.gridHeight <= layer.gridHeight && own.gridWidth <= layer.gridWidth;
  return fits && sides.every((side) => Number.isInteger(side) && side > 0);
}

/** Where the components lie; `undefined` for a file that is not the layer's own: nothing is read by the numbers of an altered one. */
function placeOf(head: Uint8Array, { layer, mapRow, components }: StoredMapAddress) {
  const { gridHeight, gridWidth } = layer;
  try {
    const header = parseNpyHeader(head);
    const [, stored = 0, height, width] = header.shape;
    if (stored < components || height !== gridHeight || width !== gridWidth) return undefined;
    const { start } = npyRowRange(header, mapRow);
    const cells = components * gridHeight * gridWidth;
    return { header, start, end: start + cells * npyItemBytes(header) };
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
