import { createHash } from 'node:crypto';
import { decodeObjects } from '../../src/evaluate/result/object-table.ts';
import { encodeMarker } from '../../src/shared/results/marker/marker-codec.ts';
import type { ShardMarker } from '../../src/shared/results/marker/shard-marker.ts';
import { decodeRows } from '../../src/shared/results/sample-row-parquet.ts';
import { putShardFile } from '../../src/shared/results/shard-files.ts';
import { encodeManifestLine } from '../../src/shared/run/manifest.ts';
import { objectKeys } from '../../src/shared/run/object-keys.ts';
import type { RunSpec } from '../../src/shared/run/run-spec.ts';
import type { ObjectStore } from '../../src/shared/storage/object-store.ts';
import { madeSpec } from '../../test/support/made-run.ts';
import { type ShardTemplate, shardSize, shardTemplate, templateClasses } from './shard-template.ts';
import { type StampValues, sevenDigits, stampedText, stamps } from './stamped-bytes.ts';

/** Shards that differ in more than their numbers: enough that their scores are more than are kept in full. */
const distinct = 32;
/** From this part of the shards on the later run has other pictures. */
const sharedPart = 0.9;
const laterPictures = 5_000_000;

/** Runs over the same pictures, but for a tenth that is new in the later one. */
export interface RunToWrite {
  readonly store: ObjectStore;
  readonly runId: string;
  readonly shards: number;
  readonly isLater: boolean;
}

/** Writes a run as its workers leave it, with labels, candidates' sums and objects, and without maps. @returns bytes of a shard */
export async function writeRun(run: RunToWrite): Promise<{ shardBytes: number }> {
  const { store, runId, shards, isLater } = run;
  const spec = specOf(run);
  const templates = Array.from({ length: distinct }, (_, seed) =>
    shardTemplate(spec, seed, isLater),
  );
  await checkStamps(templates);
  const digest = createHash('sha256');
  for (let shard = 0; shard < shards; shard++) {
    const manifest = manifestOf(
      templates[shard % distinct] as ShardTemplate,
      pictureOf(run, shard),
    );
    digest.update(manifest);
    await store.put(objectKeys.manifest(runId, shard), Buffer.from(manifest));
  }
  let [next, bytes] = [0, 0];
  const write = async (): Promise<void> => {
    while (next < shards) {
      const shard = next++;
      const written = await writeShard(run, shard, templates[shard % distinct] as ShardTemplate);
      bytes += written;
    }
  };
  await Promise.all(Array.from({ length: 8 }, write));
  const dataset = { ...spec.dataset, digest: digest.digest('hex') };
  await store.put(objectKeys.run(runId), Buffer.from(JSON.stringify({ ...spec, dataset })));
  return { shardBytes: bytes / shards };
}

function pictureOf({ shards, isLater }: RunToWrite, shard: number): number {
  return isLater && shard >= sharedPart * shards ? shard + laterPictures : shard;
}

function specOf({ runId, shards }: RunToWrite): RunSpec {
  const classNames = Array.from({ length: templateClasses }, (_, id) => `class ${id}`);
  const images = shards * shardSize;
  const made = madeSpec({ images, shardSize, classNames, maps: false });
  const targetLayers = ['15', '18', '21'].map((module, level) => ({
    ...{ name: `model.${module}`, column: `model_${module}`, tensor: module, channels: 64 },
    ...{ gridHeight: 16 / 2 ** level, gridWidth: 16 / 2 ** level },
  }));
  return {
    ...{ ...made, runId, targetLayers },
    model: { ...made.model, inputWidth: 128, inputHeight: 128 },
    labels: { kind: 'yolo', rootUri: 'file:///labels', images, digest: '0'.repeat(64) },
    options: {
      ...{ ...made.options, candidates: true },
      targetLayers: targetLayers.map(({ name }) => name),
    },
  };
}

function manifestOf({ samples }: ShardTemplate, picture: number): string {
  const lines = samples.map(({ key, etag, row }) =>
    encodeManifestLine({
      key: key.replace(stamps.text, sevenDigits(picture)),
      ...{ sizeBytes: picture * 2 ** 16 + row, etag },
    }),
  );
  return lines.join('');
}

async function writeShard(
  run: RunToWrite,
  shard: number,
  { rows, objects, part, statistics, columns }: ShardTemplate,
): Promise<number> {
  const { store, runId } = run;
  const values = { shard, picture: pictureOf(run, shard) };
  const files = [
    await putShardFile(store, objectKeys.shard(runId, shard), rows.of(values)),
    await putShardFile(store, objectKeys.evaluatedObjects(runId, shard), objects.of(values)),
    await putShardFile(
      store,
      objectKeys.evaluated(runId, shard),
      Buffer.from(stampedText(part, values)),
    ),
  ];
  const counted = { ...statistics, columns: columns.of(values) };
  const marker = encodeMarker({ ...headOf(run, shard), files, statistics: counted });
  await store.put(objectKeys.done(runId, shard), marker);
  return files.reduce((sum, { sizeBytes }) => sum + sizeBytes, marker.length);
}

function headOf(
  { runId, isLater }: RunToWrite,
  shard: number,
): Omit<ShardMarker, 'statistics' | 'files'> {
  return {
    ...{ runId, shard, wallMs: 5400, device: 'cpu', host: 'bench' },
    timingsMs: { fetch: 10, decode: 900, letterbox: 700, infer: isLater ? 4800 : 5000 },
    ...{ versions: {}, finishedAt: new Date(0).toISOString() },
  };
}

/** The stamped files must hold what encoding them anew would hold. */
async function checkStamps(templates: readonly ShardTemplate[]): Promise<void> {
  const values: StampValues = { shard: 123, picture: 5_000_123 };
  for (const { rows, objects, samples } of templates) {
    const decoded = await decodeRows(rows.of(values));
    const isStamped = decoded.every(
      ({ shard, key, row, sizeBytes }) =>
        shard === values.shard &&
        key === samples[row]?.key.replace(stamps.text, sevenDigits(values.picture)) &&
        sizeBytes === values.picture * 2 ** 16 + row,
    );
    const placed = await decodeObjects(objects.of(values));
    const isPlaced = placed.every(
      ({ shard, key, row }) => shard === values.shard && key === decoded[row]?.key,
    );
    if (!isStamped || !isPlaced || placed.length === 0)
      throw new Error('a template lost its stamps');
  }
}
