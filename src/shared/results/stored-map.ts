import { type LetterboxGeometry, layerForImage } from '../run/letterbox-geometry.ts';
import { objectKeys } from '../run/object-keys.ts';
import type { ExplainOptions, RunSpec, TargetLayer } from '../run/run-spec.ts';
import { areFinite } from '../statistics/are-finite.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import {
  byteMapHeadBytes,
  byteMapPlace,
  parseByteMapIndex,
  unpackByteMaps,
} from './byte-maps/byte-map-archive.ts';
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

type MapStore = Pick<ObjectStore, 'getRange'>;

/**
 * Reads the stored signed maps of one layer of one image, by two small range requests.
 *
 * @returns The layer with the grid of the image, and [components, gridHeight, gridWidth] of it; `undefined` when the run stored none, or when they cannot be read.
 */
export async function readStoredMap(
  store: MapStore,
  { runId, model, options }: StoredMapRun,
  address: StoredMapAddress,
): Promise<StoredMap | undefined> {
  const { layer, geometry } = address;
  const own = layerForImage(layer, model, geometry ?? model);
  if (!isPart(own, layer)) return undefined;
  const read = options.mapBits === 8 ? readBytes : readHalves;
  const map = await read(store, runId, address);
  if (map === undefined || !areFinite(map)) return undefined;
  const values = new Float32Array(address.components * own.gridHeight * own.gridWidth);
  placeMaps(map, layer, own, values);
  return { layer: own, values };
}

export interface StoredMapRun extends Pick<RunSpec, 'runId' | 'model'> {
  readonly options: Pick<ExplainOptions, 'mapBits'>;
}

/** The components on the layer's whole grid, from float16. */
async function readHalves(
  store: MapStore,
  runId: string,
  address: StoredMapAddress,
): Promise<Float32Array | undefined> {
  const { layer, shard } = address;
  const key = objectKeys.maps(runId, layer.name, shard, layer.gridHeight, layer.gridWidth);
  const head = await store.getRange(key, 0, npyHeaderRangeBytes);
  if (head === undefined) return undefined;
  const place = placeOf(head, address);
  const bytes = place && (await store.getRange(key, place.start, place.end));
  if (place === undefined || bytes === undefined) return undefined;
  if (bytes.length < place.end - place.start) return undefined;
  return decodeNpyValues(place.header, bytes);
}

/** The same from 8 bits; a third request where the index of the archive is long. */
async function readBytes(
  store: MapStore,
  runId: string,
  { layer, shard, mapRow, components }: StoredMapAddress,
): Promise<Float32Array | undefined> {
  const { name, gridHeight, gridWidth } = layer;
  const key = objectKeys.byteMaps(runId, name, shard, gridHeight, gridWidth);
  const index = await readIndex(store, key);
  const place = index && byteMapPlace(index, mapRow);
  const packed = place && (await store.getRange(key, place.start, place.end));
  if (index === undefined || packed === undefined) return undefined;
  const cells = gridHeight * gridWidth;
  return unpackByteMaps(packed, { index, mapRow, cells, count: components });
}

async function readIndex(store: MapStore, key: string) {
  const parsed = async (end: number) => {
    const head = await store.getRange(key, 0, end);
    return head && parseByteMapIndex(head);
  };
  try {
    const usual = await parsed(byteMapHeadBytes);
    const index = usual && 'needed' in usual ? await parsed(usual.needed) : usual;
    return index && 'needed' in index ? undefined : index;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
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
