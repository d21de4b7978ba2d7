import { linkSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
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
import { StampedBytes, stamps } from './stamped-bytes.ts';

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
 * Writes a marker for each shard, the made ones in turn. Each names four small files, as a shard with rows and the maps of three layers
 * does, and all of them are there: names of four files, since 160,000 of their own would take longer than what is measured.
 */
export async function writeMarkers({
  store,
  runId,
  shards,
  made,
}: WrittenMarkers): Promise<{ bytes: number }> {
  const templates = made.map(({ statistics }) => markerTemplate(runId, statistics));
  const root = fileURLToPath(store.uri);
  // One for each folder: a file has 65,000 names at most in ext4.
  const tiny: ShardFile[] = [];
  for (const key of tinyKeys(runId, 0)) {
    tiny.push(await putShardFile(store, `${key}.tiny`, Uint8Array.of(1)));
  }
  mkdirSync(join(root, objectKeys.doneMarkers(runId)), { recursive: true });
  let bytes = 0;
  for (let shard = 0; shard < shards; shard++) {
    const files = tinyKeys(runId, shard).map((key, i) => ({ ...(tiny[i] as ShardFile), key }));
    for (const [i, { key }] of files.entries()) {
      linkSync(join(root, tiny[i]!.key), join(root, key));
    }
    const marker = templates[shard % templates.length]!(shard, files);
    writeFileSync(join(root, objectKeys.done(runId, shard)), marker);
    bytes += marker.length;
  }
  return { bytes };
}

/** Makes markers with the same statistics, which are encoded once: that takes longer than to merge them. */
function markerTemplate(runId: string, statistics: ShardMarker['statistics']) {
  const head = (shard: number, files: readonly ShardFile[]): Buffer => {
    const stored = JSON.stringify({ schema: 'done@4', ...markerHead, runId, shard, files });
    return Buffer.from(stored.slice(0, -1));
  };
  const marker = encodeMarker({ ...markerHead, runId, shard: 0, files: [], statistics });
  const rest = marker.subarray(head(0, []).length);
  return (shard: number, files: readonly ShardFile[]): Uint8Array =>
    Buffer.concat([head(shard, files), rest]);
}

const markerHead: Omit<ShardMarker, 'runId' | 'shard' | 'files' | 'statistics'> = {
  timingsMs: { fetch: 10, decode: 900, letterbox: 700, infer: 5000, measure: 600, write: 40 },
  wallMs: 5400,
  device: 'cpu',
  host: 'bench',
  versions: {},
  finishedAt: new Date(0).toISOString(),
};

/** Of the files that a shard with rows and the maps of three layers has. */
function tinyKeys(runId: string, shard: number): string[] {
  const maps = layers.map((layer) => objectKeys.maps(runId, layer, shard, 8, 8));
  return [...maps, objectKeys.shard(runId, shard)];
}

/** Writes the rows of `shards` shards as workers do, the made ones in turn. */
export async function writeRows({ store, runId, shards, made }: WrittenMarkers): Promise<void> {
  const measureColumns = measureColumnsOf({
    targetLayers: layers.map((name) => ({ name }) as TargetLayer),
    options: { components: [1] } as Partial<ExplainOptions> as ExplainOptions,
  });
  const columns = { layers, classNames: [], measureColumns, task: 'detect' } as const;
  const templates = made
    .slice(0, shards)
    .map(({ rows }) => new StampedBytes(encodeRows(rows, { ...columns, shard: stamps.shard })));
  for (let shard = 0; shard < shards; shard++) {
    const { picture } = stamps;
    const bytes = templates[shard % templates.length]!.of({ shard, picture });
    await store.put(objectKeys.shard(runId, shard), bytes);
  }
}
