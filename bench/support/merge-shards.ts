import { encodeMarker } from '../../src/shared/results/marker/marker-codec.ts';
import type { ShardFile, ShardMarker } from '../../src/shared/results/marker/shard-marker.ts';
import { measureColumnsOf } from '../../src/shared/results/measure-columns.ts';
import { encodeRows } from '../../src/shared/results/sample-row-parquet.ts';
import { putShardFile } from '../../src/shared/results/shard-files.ts';
import { objectKeys } from '../../src/shared/run/object-keys.ts';
import type { ExplainOptions, TargetLayer } from '../../src/shared/run/run-spec.ts';
import type { SampleRow } from '../../src/shared/run/sample-row.ts';
import { storeStatistics } from '../../src/shared/statistics/columns/store-statistics.ts';
import type { FolderStore } from '../../src/shared/storage/folder-store.ts';
import { ShardStatisticsBuilder } from '../../src/worker/shard/shard-statistics-builder.ts';
import { randomSamples } from '../../test/support/random-rows.ts';

export const shardSize = 256;
export const classes = 80;
const layers = ['model.15', 'model.18', 'model.21'];

/** Results of shards with made-up images: rows, and the marker without its place in a run. */
export interface MadeShard {
  readonly rows: readonly SampleRow[];
  readonly statistics: ShardMarker['statistics'];
}

/** `count` shards that differ, as `random-rows.ts` makes them: 80 classes, 3 layers, mean maps, a tenth of the images failed. */
export function makeShards(count: number): MadeShard[] {
  return Array.from({ length: count }, (_, seed) => {
    const samples = randomSamples({ count: shardSize, seed, classes, gridSize: 16 });
    const builder = new ShardStatisticsBuilder(seed);
    for (const { row, maps } of samples) builder.add(row, maps);
    return { rows: samples.map(({ row }) => row), statistics: storeStatistics(builder.build()) };
  });
}

export interface WrittenMarkers {
  readonly store: FolderStore;
  readonly runId: string;
  readonly shards: number;
  readonly made: readonly MadeShard[];
}

/**
 * Writes a marker for each shard, the made ones in turn. Each names four small files of its own, as a shard with rows and the maps of three layers
 * does, and all of them are there.
 */
export async function writeMarkers({
  store,
  runId,
  shards,
  made,
}: WrittenMarkers): Promise<{ bytes: number }> {
  let next = 0;
  let bytes = 0;
  const write = async (): Promise<void> => {
    while (next < shards) {
      const shard = next++;
      const files = await writeTinyFiles(store, runId, shard);
      const { statistics } = made[shard % made.length]!;
      const marker = encodeMarker({ ...markerHead, runId, shard, files, statistics });
      bytes += marker.length;
      await store.put(objectKeys.done(runId, shard), marker);
    }
  };
  await Promise.all(Array.from({ length: 16 }, write));
  return { bytes };
}

const markerHead: Omit<ShardMarker, 'runId' | 'shard' | 'files' | 'statistics'> = {
  timingsMs: { fetch: 10, decode: 900, letterbox: 700, infer: 5000, measure: 600, write: 40 },
  wallMs: 5400,
  device: 'cpu',
  host: 'bench',
  versions: {},
  finishedAt: new Date(0).toISOString(),
};

async function writeTinyFiles(
  store: FolderStore,
  runId: string,
  shard: number,
): Promise<ShardFile[]> {
  const maps = layers.map((layer) => objectKeys.maps(runId, layer, shard, 8, 8));
  const keys = [...maps, objectKeys.shard(runId, shard)];
  return Promise.all(keys.map((key) => putShardFile(store, key, Uint8Array.of(1))));
}

/** Writes the rows of `shards` shards as workers do, the made ones in turn. */
export async function writeRows({ store, runId, shards, made }: WrittenMarkers): Promise<void> {
  const measureColumns = measureColumnsOf({
    targetLayers: layers.map((name) => ({ name }) as TargetLayer),
    options: { components: [1] } as Partial<ExplainOptions> as ExplainOptions,
  });
  const columns = { layers, classNames: [], measureColumns };
  for (let shard = 0; shard < shards; shard++) {
    const { rows } = made[shard % made.length]!;
    const bytes = encodeRows(rows, { ...columns, shard });
    await store.put(objectKeys.shard(runId, shard), bytes);
  }
}
