import type { PackedBoxMaps } from '../../shared/results/box-maps/packed-box-maps.ts';
import { decodeByteMaps } from '../../shared/results/byte-maps/byte-map-archive.ts';
import {
  decodeCandidates,
  type StoredCandidates,
} from '../../shared/results/candidates/decode-candidates.ts';
import { readDoneShard } from '../../shared/results/done-shards.ts';
import {
  type ArchivedFile,
  archivedFiles,
  type PackedMap,
} from '../../shared/results/map-archive.ts';
import type { ShardMarker } from '../../shared/results/marker/shard-marker.ts';
import { decodeNpy } from '../../shared/results/npy.ts';
import { placeMaps } from '../../shared/results/place-maps.ts';
import { decodeRows, type StoredRow } from '../../shared/results/sample-row-parquet.ts';
import type { SampleCandidates } from '../../shared/run/candidates.ts';
import { layerForImage } from '../../shared/run/letterbox-geometry.ts';
import { objectKeys } from '../../shared/run/object-keys.ts';
import { imagesOfShard } from '../../shared/run/planned-shards.ts';
import type { RunSpec } from '../../shared/run/run-spec.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';
import type { ImageMaps } from './shard-result.ts';

/** One image as an earlier run stored it. */
export interface EarlierImage {
  readonly row: StoredRow;
  /** In the order of the target layers; none of an image that was not explained. */
  readonly layers: readonly ImageMaps[];
  readonly packedEvidence?: readonly (PackedMap | undefined)[];
  readonly packedBoxMaps?: PackedBoxMaps;
  readonly candidates?: SampleCandidates;
}

type Archive = ReadonlyMap<string, ArchivedFile>;

/** The files of one shard of an earlier run, in memory. */
export class EarlierShard {
  readonly marker: ShardMarker;
  readonly #spec: RunSpec;
  readonly #rows: ReadonlyMap<number, StoredRow>;
  readonly #maps: readonly (Float32Array | undefined)[];
  readonly #evidence: Archive;
  readonly #boxes: Archive;
  readonly #candidates: StoredCandidates | undefined;

  private constructor(spec: RunSpec, marker: ShardMarker, files: Files) {
    this.#spec = spec;
    this.marker = marker;
    this.#rows = files.rows;
    this.#maps = files.maps;
    this.#evidence = files.evidence;
    this.#boxes = files.boxes;
    this.#candidates = files.candidates;
  }

  /** `undefined` for a shard that is not done, torn or damaged: its images are explained. */
  static async read(
    store: ObjectStore,
    spec: RunSpec,
    shard: number,
  ): Promise<EarlierShard | undefined> {
    const marker = await readDoneShard(store, spec, shard);
    if (marker === undefined) return undefined;
    try {
      return new EarlierShard(spec, marker, await readFiles(store, spec, shard));
    } catch (error) {
      // What anybody may have altered; storage that does not answer throws something else.
      if (error instanceof RangeError || error instanceof TypeError) return undefined;
      throw error;
    }
  }

  /** The image of a row; `undefined` where a part of it is missing or altered. */
  image(index: number): EarlierImage | undefined {
    const row = this.#rows.get(index);
    if (row === undefined || row.status !== 'success') return row && { row, layers: [] };
    const layers = this.#layersOf(row);
    const packedEvidence = this.#evidenceOf(row);
    const packedBoxMaps = this.#boxMapsOf(row);
    const isWhole = layers && packedEvidence !== 'lost' && packedBoxMaps !== 'lost';
    if (!isWhole) return undefined;
    const candidates = this.#candidates?.of(index);
    return {
      ...{ row: withoutPlaces(row), layers },
      ...(packedEvidence && { packedEvidence }),
      ...(packedBoxMaps && { packedBoxMaps }),
      ...(candidates && { candidates }),
    };
  }

  #layersOf({ mapRow, geometry }: StoredRow): ImageMaps[] | undefined {
    if (mapRow === undefined || geometry === undefined) return undefined;
    const { targetLayers, model, options } = this.#spec;
    const layers: ImageMaps[] = [];
    for (const [index, layer] of targetLayers.entries()) {
      const size = options.components.length * layer.gridHeight * layer.gridWidth;
      const all = this.#maps[index]?.subarray(mapRow * size, (mapRow + 1) * size);
      if (all?.length !== size) return undefined;
      const { gridHeight, gridWidth } = layerForImage(layer, model, geometry);
      if (gridHeight > layer.gridHeight || gridWidth > layer.gridWidth) return undefined;
      const signed = new Float32Array(options.components.length * gridHeight * gridWidth);
      placeMaps(all, layer, { gridHeight, gridWidth }, signed);
      layers.push({ signed, gridHeight, gridWidth });
    }
    return layers;
  }

  #evidenceOf({ row, evidence }: StoredRow): (PackedMap | undefined)[] | 'lost' | undefined {
    if (evidence === undefined) return undefined;
    const maps = evidence.map(({ classId, mapOffset }) =>
      mapOffset === undefined ? undefined : packed(this.#evidence, `row_${row}_class_${classId}`),
    );
    const isLost = evidence.some((one, i) => one.mapOffset !== undefined && maps[i] === undefined);
    return isLost ? 'lost' : maps;
  }

  /** Maps of one layer lie in one array; arrays were added in the order of their numbers. */
  #boxMapsOf({ row, boxMaps }: StoredRow): PackedBoxMaps | 'lost' | undefined {
    if (boxMaps === undefined) return undefined;
    const offsets = [...new Set(boxMaps.flatMap(({ mapOffset }) => mapOffset ?? []))];
    const groups = offsets
      .sort((a, b) => a - b)
      .map((offset, group) => ({
        packed: packed(this.#boxes, `row_${row}_boxes_${group}`),
        members: boxMaps
          .flatMap((one, member) =>
            one.mapOffset === offset ? [{ member, at: one.mapIndex ?? 0 }] : [],
          )
          .sort((a, b) => a.at - b.at)
          .map(({ member }) => member),
      }));
    const whole = groups.flatMap(({ packed: map, members }) =>
      map ? [{ packed: map, members }] : [],
    );
    if (whole.length < groups.length) return 'lost';
    const maps = boxMaps.map(
      ({ mapOffset: _, mapBytes: __, mapIndex: ___, mapCount: ____, ...figures }) => figures,
    );
    return { maps, groups: whole };
  }
}

interface Files {
  readonly rows: ReadonlyMap<number, StoredRow>;
  /** Of each layer [n, k, gridHeight, gridWidth]. */
  readonly maps: readonly (Float32Array | undefined)[];
  readonly evidence: Archive;
  readonly boxes: Archive;
  readonly candidates: StoredCandidates | undefined;
}

async function readFiles(store: ObjectStore, spec: RunSpec, shard: number): Promise<Files> {
  const { runId, targetLayers, options } = spec;
  const table = (await store.get(objectKeys.shard(runId, shard))) ?? new Uint8Array();
  const rows = await decodeRows(table, () => {}).catch((cause: unknown) => {
    throw new RangeError('not a table of rows', { cause });
  });
  const maps: (Float32Array | undefined)[] = [];
  for (const { name, gridHeight, gridWidth } of targetLayers) {
    const keyOf = options.mapBits === 8 ? objectKeys.byteMaps : objectKeys.maps;
    const bytes = await store.get(keyOf(runId, name, shard, gridHeight, gridWidth));
    const decoded =
      bytes && options.mapBits === 8
        ? decodeByteMaps(bytes, gridHeight * gridWidth)
        : bytes && decodeNpy(bytes).values;
    maps.push(decoded);
  }
  const bytes = await store.get(objectKeys.candidates(runId, shard));
  const images = imagesOfShard(spec, shard);
  return {
    rows: new Map(rows.map((row) => [row.row, row])),
    maps,
    evidence: archiveOf(await store.get(objectKeys.mapArchive(runId, 'evidence', shard))),
    boxes: archiveOf(await store.get(objectKeys.mapArchive(runId, 'boxes', shard))),
    candidates: options.candidates && bytes ? decodeCandidates(bytes, images) : undefined,
  };
}

function archiveOf(bytes: Uint8Array | undefined): Archive {
  if (bytes === undefined) return new Map();
  return new Map(archivedFiles(bytes).map((file) => [file.name.replace(/\.npy$/, ''), file]));
}

function packed(archive: Archive, name: string): PackedMap | undefined {
  const file = archive.get(name);
  if (file === undefined) return undefined;
  const { packed: deflated, checksum, plainBytes } = file;
  return { deflated: Uint8Array.from(deflated), checksum, plainBytes };
}

/** Maps lie elsewhere in another shard. */
function withoutPlaces({ mapRow: _, unusual: __, ...row }: StoredRow): StoredRow {
  const { evidence, boxMaps, ...rest } = row;
  return {
    ...rest,
    ...(evidence && {
      evidence: evidence.map(({ mapOffset: _offset, mapBytes: _bytes, ...one }) => one),
    }),
    ...(boxMaps && {
      boxMaps: boxMaps.map(
        ({ mapOffset: _offset, mapBytes: _bytes, mapIndex: _index, mapCount: _count, ...one }) =>
          one,
      ),
    }),
  };
}
