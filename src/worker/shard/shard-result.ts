import { evaluationSetup, hasEvaluation } from '../../evaluate/merge/evaluation-setup.ts';
import { evaluateShard, type StoredFiles } from '../../evaluate/objects/evaluate-shard.ts';
import type { PackedBoxMaps } from '../../shared/results/box-maps/packed-box-maps.ts';
import { encodeByteMaps } from '../../shared/results/byte-maps/byte-map-archive.ts';
import { encodeCandidates } from '../../shared/results/candidates/candidate-archive.ts';
import { MapArchiveWriter, type PackedMap } from '../../shared/results/map-archive.ts';
import type { ShardFile, ShardMarker } from '../../shared/results/marker/shard-marker.ts';
import { measureColumnsOf } from '../../shared/results/measure-columns.ts';
import { encodeNpyFloat16 } from '../../shared/results/npy.ts';
import { placeMaps } from '../../shared/results/place-maps.ts';
import type { RowColumns } from '../../shared/results/sample-row-columns.ts';
import { encodeRows } from '../../shared/results/sample-row-parquet.ts';
import { putShardFile } from '../../shared/results/shard-files.ts';
import type { SampleCandidates } from '../../shared/run/candidates.ts';
import { objectKeys } from '../../shared/run/object-keys.ts';
import type { RunSpec, TargetLayer } from '../../shared/run/run-spec.ts';
import type { SampleRow } from '../../shared/run/sample-row.ts';
import { storeStatistics } from '../../shared/statistics/columns/store-statistics.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';
import type { ExplainedLayer } from '../explain/interpret-sample.ts';
import type { SampleFrames } from '../explain/sample-frames.ts';
import { StageTimer } from '../explain/stage-timer.ts';
import { ShardStatisticsBuilder } from './shard-statistics-builder.ts';

/** The maps of one layer of an image. */
export type ImageMaps = Pick<ExplainedLayer, 'signed' | 'gridHeight' | 'gridWidth'>;

/** What of an explained image is stored beside its row. */
export interface ExplainedMaps {
  readonly candidates?: SampleCandidates;
  readonly packedBoxMaps?: PackedBoxMaps;
  readonly packedEvidence?: readonly (PackedMap | undefined)[];
  readonly layers: readonly ImageMaps[];
  readonly frames: SampleFrames;
}

/** Collects the results of a shard's samples, in any order, and writes its files in manifest order. */
export class ShardResult {
  readonly timer = new StageTimer();
  readonly #spec: RunSpec;
  readonly #shard: number;
  readonly #builder: ShardStatisticsBuilder;
  readonly #rows: SampleRow[] = [];
  /** By row: each layer with its signed maps, [k, gridHeight, gridWidth] of the image. */
  readonly #maps = new Map<number, readonly ImageMaps[]>();
  /** By row, in the order of its `evidence`. */
  readonly #evidence = new Map<number, readonly (PackedMap | undefined)[]>();
  readonly #boxMaps = new Map<number, PackedBoxMaps>();
  readonly #candidates = new Map<number, SampleCandidates>();
  readonly #files: ShardFile[] = [];
  /** What was written, for the evaluation: it works with what is stored, and not with finer numbers. */
  readonly #written = new Map<string, Uint8Array>();
  #storedRows: readonly SampleRow[] = [];

  constructor(spec: RunSpec, shard: number) {
    this.#spec = spec;
    this.#shard = shard;
    this.#builder = new ShardStatisticsBuilder(shard);
  }

  add(row: SampleRow, explained?: ExplainedMaps): void {
    this.#rows.push(row);
    this.#builder.addFramed(row, explained?.frames);
    if (explained?.candidates) this.#candidates.set(row.row, explained.candidates);
    if (explained !== undefined && this.#spec.options.maps) {
      this.#maps.set(
        row.row,
        explained.layers.map(({ signed, gridHeight, gridWidth }) => ({
          signed,
          gridHeight,
          gridWidth,
        })),
      );
      if (explained.packedEvidence) this.#evidence.set(row.row, explained.packedEvidence);
      if (explained.packedBoxMaps) this.#boxMaps.set(row.row, explained.packedBoxMaps);
    }
  }

  /** A file that was written on the way, such as an overlay. */
  addFile(file: ShardFile): void {
    this.#files.push(file);
  }

  statistics(): ShardMarker['statistics'] {
    return storeStatistics(this.#builder.build());
  }

  /** All files of the shard, sorted by key. */
  files(): ShardFile[] {
    return this.#files.sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  /** Writes rows, candidates and maps. */
  async write(store: ObjectStore): Promise<void> {
    const { runId, targetLayers } = this.#spec;
    const withMaps = [...this.#maps.keys()].sort((a, b) => a - b);
    const mapRows = new Map(withMaps.map((row, mapRow) => [row, mapRow]));
    for (const [index, layer] of targetLayers.entries()) {
      if (withMaps.length === 0) break;
      const maps = withMaps.map((row) => this.#maps.get(row)?.[index]);
      await this.#putMaps(store, layer, maps);
    }
    const archives = { evidence: new MapArchiveWriter(), boxes: new MapArchiveWriter() };
    const rows = this.#rows
      .sort((a, b) => a.row - b.row)
      .map((row) => {
        const mapRow = mapRows.get(row.row);
        const placed = this.#withPlaces(row, archives.evidence);
        const boxed = withBoxMaps(placed, this.#boxMaps.get(row.row), archives.boxes);
        return { ...boxed, ...(mapRow !== undefined && { mapRow }) };
      });
    for (const kind of ['evidence', 'boxes'] as const) {
      if (archives[kind].isEmpty) continue;
      const place = objectKeys.mapArchive(runId, kind, this.#shard);
      await this.#put(store, place, archives[kind].finish());
    }
    await this.#writeCandidates(store, rows);
    const key = objectKeys.shard(runId, this.#shard);
    await this.#put(store, key, encodeRows(rows, this.#columns()));
    this.#storedRows = rows;
  }

  /** Sets the rows beside their labels, and writes what the shard adds to the run's evaluation. After `write`. */
  async evaluate(store: ObjectStore): Promise<void> {
    const [spec, shard] = [this.#spec, this.#shard];
    const { runId } = spec;
    const { part, objects } = await evaluateShard({
      ...{ spec, shard, setup: evaluationSetup(spec), rows: this.#storedRows },
      stored: filesInMemory(store.uri, this.#written),
    });
    this.#written.clear();
    const json = new TextEncoder().encode(JSON.stringify(part));
    this.addFile(await putShardFile(store, objectKeys.evaluated(runId, shard), json));
    const table = objectKeys.evaluatedObjects(runId, shard);
    this.addFile(await putShardFile(store, table, objects));
  }

  async #put(store: ObjectStore, key: string, bytes: Uint8Array): Promise<void> {
    this.addFile(await putShardFile(store, key, bytes));
    if (hasEvaluation(this.#spec)) this.#written.set(key, bytes);
  }

  /** Of every row, in their order. */
  async #writeCandidates(store: ObjectStore, rows: readonly SampleRow[]): Promise<void> {
    const { runId, options } = this.#spec;
    if (options.candidates !== true) return;
    const bytes = encodeCandidates(rows.map(({ row }) => this.#candidates.get(row)));
    await this.#put(store, objectKeys.candidates(runId, this.#shard), bytes);
  }

  /** The row with the places of its maps of evidence, which are added to the archive. */
  #withPlaces(row: SampleRow, archive: MapArchiveWriter): SampleRow {
    const packed = this.#evidence.get(row.row);
    if (packed === undefined || row.evidence === undefined) return row;
    const evidence = row.evidence.map((one, index) => {
      const map = packed[index];
      if (map === undefined) return one;
      const { offset, bytes } = archive.add(`row_${row.row}_class_${one.classId}`, map);
      return { ...one, mapOffset: offset, mapBytes: bytes };
    });
    return { ...row, evidence };
  }

  #columns(): RowColumns {
    const { targetLayers, model, options } = this.#spec;
    return {
      shard: this.#shard,
      measureColumns: measureColumnsOf(this.#spec),
      layers: targetLayers.map(({ column }) => column),
      withEvidence: options.classes !== undefined && options.classes[0] !== 'none',
      withBoxMaps: (options.boxMaps ?? 0) > 0,
      classNames: model.classNames,
      task: model.task,
      labels: this.#spec.labels !== undefined,
    };
  }

  async #putMaps(
    store: ObjectStore,
    layer: TargetLayer,
    maps: readonly (ImageMaps | undefined)[],
  ): Promise<void> {
    const { runId, options } = this.#spec;
    const { name, gridHeight, gridWidth } = layer;
    const isSmall = options.mapBits === 8;
    const keyOf = isSmall ? objectKeys.byteMaps : objectKeys.maps;
    const encode = isSmall ? encodeByteMaps : encodeHalves;
    const bytes = encode(maps, layer, options.components.length);
    await this.#put(store, keyOf(runId, name, this.#shard, gridHeight, gridWidth), bytes);
  }
}

function encodeHalves(
  images: readonly (ImageMaps | undefined)[],
  layer: TargetLayer,
  components: number,
): Uint8Array {
  const { gridHeight, gridWidth } = layer;
  const size = components * gridHeight * gridWidth;
  const values = new Float32Array(images.length * size);
  images.forEach((maps, mapRow) => {
    if (maps !== undefined) placeMaps(maps.signed, maps, layer, values.subarray(mapRow * size));
  });
  return encodeNpyFloat16([images.length, components, gridHeight, gridWidth], values);
}

function filesInMemory(uri: string, files: ReadonlyMap<string, Uint8Array>): StoredFiles {
  return {
    uri,
    get: async (key) => files.get(key),
    getRange: async (key, start, end) => files.get(key)?.subarray(start, end),
  };
}

/** The row with the places of its box maps, which are added to the archive. */
function withBoxMaps(
  row: SampleRow,
  packed: PackedBoxMaps | undefined,
  archive: MapArchiveWriter,
): SampleRow {
  if (packed === undefined || row.boxMaps === undefined) return row;
  const boxMaps = [...row.boxMaps];
  packed.groups.forEach(({ packed: map, members }, group) => {
    const { offset, bytes } = archive.add(`row_${row.row}_boxes_${group}`, map);
    const place = { mapOffset: offset, mapBytes: bytes, mapCount: members.length };
    members.forEach((member, mapIndex) => {
      const one = boxMaps[member];
      if (one !== undefined) boxMaps[member] = { ...one, ...place, mapIndex };
    });
  });
  return { ...row, boxMaps };
}
