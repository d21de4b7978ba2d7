import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { isDeepStrictEqual } from 'node:util';
import type * as ClientS3 from '@aws-sdk/client-s3';
import { decodeMarker } from '../../src/shared/results/marker/marker-codec.ts';
import type { StoredRow } from '../../src/shared/results/sample-row-parquet.ts';
import { objectKeys } from '../../src/shared/run/object-keys.ts';
import type { ObjectStore } from '../../src/shared/storage/object-store.ts';
import { createS3Client } from '../../src/shared/storage/s3/s3-client.ts';
import { collect } from '../support/collect.ts';
import { rowsOf } from '../support/fleet.ts';
import { comparableSummary, type FaultFreeRun, filesBelow } from './fault-free-run.ts';
import type { FaultWorld } from './fault-world.ts';
import type { Ground } from './ground.ts';

/** Holds a closed run to the one that nothing disturbed; resolves to what is wrong, in words. */
export async function judgeRun(
  ground: Ground,
  world: FaultWorld,
  expected: FaultFreeRun,
): Promise<string[]> {
  const { store } = world;
  const { runId } = expected;
  const keys = world.outFolder
    ? await filesBelow(world.outFolder)
    : (await collect(store.list(''))).map(({ key }) => key);
  return [
    ...judgeRows(await rowsOf(store, runId), expected.rows),
    ...(await judgeSummary(store, expected)),
    ...judgeFiles(keys, expected),
    ...(await judgeShards(store, runId)),
    ...(world.proxy ? await judgeUploads(ground, world) : []),
  ];
}

export function judgeRows(
  rows: readonly StoredRow[],
  expected: ReadonlyMap<string, StoredRow>,
): string[] {
  const seen = new Set(rows.map(({ key }) => key));
  const failed = rows.filter(
    ({ key, status }) => status !== 'success' && expected.get(key)?.status === 'success',
  );
  const differing = rows.filter((row) => !isDeepStrictEqual(row, expected.get(row.key)));
  return [
    ...counted(
      failed.map(({ key, reason }) => `${key} (${reason})`),
      'healthy images failed',
    ),
    ...counted(
      [...expected.keys()].filter((key) => !seen.has(key)),
      'images are missing',
    ),
    ...(rows.length > seen.size ? [`${rows.length - seen.size} rows are doubled`] : []),
    ...counted(
      differing.map(({ key }) => key),
      'rows differ',
    ),
  ];
}

async function judgeSummary(
  store: ObjectStore,
  { runId, summary }: FaultFreeRun,
): Promise<string[]> {
  const text = Buffer.from((await store.get(objectKeys.summaryJson(runId))) ?? []).toString();
  const found = comparableSummary(text);
  const names = Object.keys({ ...summary, ...found });
  return counted(
    names.filter((name) => !isDeepStrictEqual(found[name], summary[name])),
    'parts of the summary differ',
  );
}

/** `keys`: everything where the results are. */
export function judgeFiles(keys: readonly string[], { runId, files }: FaultFreeRun): string[] {
  const own = keys.filter((key) => key.startsWith(`${runId}/`));
  const names = new Set(own.map((key) => key.slice(runId.length + 1)));
  const beside = keys.filter((key) => !/^(names|models)\//.test(key) && !own.includes(key));
  return [
    ...counted(
      [...names].filter((name) => !files.has(name)),
      'stray files in the run',
    ),
    ...counted(
      [...files].filter((name) => !names.has(name)),
      'files are missing in the run',
    ),
    ...counted(beside, 'stray files beside the run'),
  ];
}

/** Every file that a marker names must be there to the bit. */
async function judgeShards(store: ObjectStore, runId: string): Promise<string[]> {
  const torn: string[] = [];
  for await (const { key } of store.list(objectKeys.doneMarkers(runId))) {
    const decoded = decodeMarker((await store.get(key)) ?? new Uint8Array());
    if (decoded.status !== 'read') return [`${key} is ${decoded.status}`];
    for (const file of decoded.marker.files) {
      const bytes = await store.get(file.key);
      const digest = createHash('sha256').update(bytes ?? new Uint8Array());
      if (digest.digest('hex') !== file.sha256) torn.push(file.key);
    }
  }
  return counted(torn, 'files of done shards are torn');
}

const require = createRequire(import.meta.url);

/** Multipart uploads that nobody ended; nothing where the server cannot list them. */
async function judgeUploads({ bucket, s3Endpoint }: Ground, world: FaultWorld): Promise<string[]> {
  const { ListMultipartUploadsCommand }: typeof ClientS3 = require('@aws-sdk/client-s3');
  const Prefix = world.outUri.replace(`s3://${bucket.name}/`, '');
  const asked = new ListMultipartUploadsCommand({ Bucket: bucket.name, Prefix });
  const answer = await createS3Client({ endpoint: s3Endpoint }, 1)
    .send(asked)
    .catch(() => undefined);
  return counted(
    (answer?.Uploads ?? []).map(({ Key }) => Key ?? ''),
    'uploads were never ended',
  );
}

/** `3 images are missing: a, b, c`; nothing of nothing. */
export function counted(things: readonly string[], words: string): string[] {
  if (things.length === 0) return [];
  const more = things.length > 5 ? ', ...' : '';
  return [`${things.length} ${words}: ${things.slice(0, 5).join(', ')}${more}`];
}
