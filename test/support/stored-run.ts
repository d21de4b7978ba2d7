import { createHash } from 'node:crypto';
import sharp from 'sharp';
import { encodeMarker } from '../../src/shared/results/marker/marker-codec.ts';
import type { ShardMarker } from '../../src/shared/results/marker/shard-marker.ts';
import { encodeNpyFloat16 } from '../../src/shared/results/npy.ts';
import { encodeRows } from '../../src/shared/results/sample-row-parquet.ts';
import { putShardFile } from '../../src/shared/results/shard-files.ts';
import { encodeManifestLine } from '../../src/shared/run/manifest.ts';
import { objectKeys } from '../../src/shared/run/object-keys.ts';
import type { RunSpec } from '../../src/shared/run/run-spec.ts';
import type { SampleRow } from '../../src/shared/run/sample-row.ts';
import { storeStatistics } from '../../src/shared/statistics/columns/store-statistics.ts';
import type { ObjectStore } from '../../src/shared/storage/object-store.ts';
import { archiveBoxMaps } from './made-box-maps.ts';
import { archiveEvidence } from './made-evidence.ts';
import { madeMap, madeShardStatistics } from './made-run.ts';
import { emptyStatistics } from './plain-statistics.ts';
import { seededRandom } from './seeded-random.ts';

/** Writes a run as the worker leaves it: run.json, and rows, maps and a marker of each shard. */
export async function storeMadeRun(
  store: ObjectStore,
  spec: RunSpec,
  rows: readonly SampleRow[],
  { noise = false } = {},
): Promise<void> {
  const { runId } = spec;
  const lines = rows.map(({ key, sizeBytes, etag }) =>
    encodeManifestLine({ key, sizeBytes, etag }),
  );
  const digest = createHash('sha256').update(lines.join('')).digest('hex');
  const dataset = { ...spec.dataset, digest };
  await putJson(store, objectKeys.run(runId), { ...spec, dataset });
  const { shardSize } = spec.options;
  const statistics = madeShardStatistics(rows, shardSize);
  for (let shard = 0; shard < spec.dataset.shards; shard++) {
    const part = lines.slice(shard * shardSize, (shard + 1) * shardSize).join('');
    await store.put(objectKeys.manifest(runId, shard), new TextEncoder().encode(part));
    const content = rows
      .slice(shard * shardSize, (shard + 1) * shardSize)
      .map((row) =>
        row.status === 'success' && spec.options.maps ? { ...row, mapRow: row.row } : row,
      );
    const counted = statistics[shard] ?? emptyStatistics();
    const marker: ShardMarker = {
      runId,
      shard,
      files: await putFiles(store, spec, shard, content, noise),
      statistics: storeStatistics(counted),
      timingsMs: { decode: 100, inference: 400 },
      wallMs: 500,
      device: 'cpu',
      host: 'here',
      versions: {},
      finishedAt: '2026-11-24T10:00:01.000Z',
    };
    await store.put(objectKeys.done(runId, shard), encodeMarker(marker));
  }
}

async function putFiles(
  store: ObjectStore,
  spec: RunSpec,
  shard: number,
  rows: readonly SampleRow[],
  noise: boolean,
): Promise<ShardMarker['files']> {
  const { runId, model, options, targetLayers } = spec;
  const measureColumns = [...new Set(rows.flatMap((row) => Object.keys(row.measures)))].sort();
  const columns = {
    shard,
    measureColumns,
    layers: options.targetLayers,
    classNames: model.classNames,
  };
  const evidence = archiveEvidence(rows, noise);
  const withEvidence = rows.some((row) => row.evidence !== undefined);
  const boxes = archiveBoxMaps(evidence.rows, noise);
  const withBoxMaps = rows.some((row) => row.boxMaps !== undefined);
  const bytes = encodeRows(boxes.rows, { ...columns, withEvidence, withBoxMaps });
  const files = [await putShardFile(store, objectKeys.shard(runId, shard), bytes)];
  if (!options.maps) return files;
  if (withEvidence) {
    const place = objectKeys.mapArchive(runId, 'evidence', shard);
    files.push(await putShardFile(store, place, evidence.archive));
  }
  if (withBoxMaps) {
    const place = objectKeys.mapArchive(runId, 'boxes', shard);
    files.push(await putShardFile(store, place, boxes.archive));
  }
  for (const { name, gridHeight, gridWidth } of targetLayers) {
    const values = new Float32Array(rows.length * gridHeight * gridWidth);
    rows.forEach((row, i) => {
      values.set(madeMap(gridWidth, row.row, noise), i * gridHeight * gridWidth);
    });
    const key = objectKeys.maps(runId, name, shard, gridHeight, gridWidth);
    const bytes = encodeNpyFloat16([rows.length, 1, gridHeight, gridWidth], values);
    files.push(await putShardFile(store, key, bytes));
  }
  return files;
}

/** A photo of 320 x 240 for each row, as large as a thumbnail; noise, the same in each, is what compresses worst. */
export async function storeMadePhotos(
  store: ObjectStore,
  rows: readonly SampleRow[],
  { noise = false } = {},
): Promise<void> {
  const random = seededRandom(11);
  const noisy = noise ? await noisePhoto(random) : undefined;
  for (const row of rows) await store.put(row.key, noisy ?? (await plainPhoto(random)));
}

function plainPhoto(random: () => number): Promise<Buffer> {
  const gray = 60 + Math.floor(random() * 160);
  const background = { r: gray, g: gray + 20, b: gray + 40 };
  return sharp({ create: { width: 320, height: 240, channels: 3, background } })
    .jpeg({ quality: 90 })
    .toBuffer();
}

function noisePhoto(random: () => number): Promise<Buffer> {
  const data = Uint8Array.from({ length: 320 * 240 * 3 }, () => random() * 256);
  return sharp(data, { raw: { width: 320, height: 240, channels: 3 } })
    .jpeg({ quality: 90 })
    .toBuffer();
}

async function putJson(store: ObjectStore, key: string, value: unknown): Promise<void> {
  await store.put(key, new TextEncoder().encode(JSON.stringify(value)));
}
