import { createHash } from 'node:crypto';
import { EigenfleetError } from '../errors.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { mostStoredBytes, readStoredBytes } from '../storage/stored-json.ts';
import { parseManifest } from './manifest.ts';
import { objectKeys } from './object-keys.ts';
import { imagesOfShard, type PlannedShards } from './planned-shards.ts';
import type { RunSpec } from './run-spec.ts';
import type { Sample } from './sample.ts';

/** A part of the manifest is missing, damaged, or not the one that was planned: plan again, another try would fail the same way. */
export class DamagedManifestError extends EigenfleetError {
  /** @param fault What is wrong, without a period at the end. */
  constructor(fault: string, runId: string, options?: ErrorOptions) {
    super(
      'storage',
      `${fault}. The command that planned run ${runId}, with its --images, repairs it; or restore manifest/ from a copy.`,
      options,
    );
  }
}

/**
 * Returns the samples of a shard. Throws `DamagedManifestError` unless the part is intact: readable, and with as many images as run.json says.
 */
export async function readSamples(
  store: ObjectStore,
  planned: PlannedShards,
  shard: number,
): Promise<Sample[]> {
  const { runId } = planned;
  const key = objectKeys.manifest(runId, shard);
  const stored = await readStoredBytes(store, key, mostStoredBytes.manifest);
  if (stored.status !== 'read') {
    const what = 'reason' in stored ? `cannot be used (${stored.reason}) in` : 'is missing from';
    throw new DamagedManifestError(`${key} ${what} ${store.uri}`, runId);
  }
  let samples: Sample[];
  try {
    samples = parseManifest(stored.bytes, key);
  } catch (cause) {
    if (!(cause instanceof EigenfleetError)) throw cause;
    throw new DamagedManifestError(cause.message.replace(/\.$/, ''), runId, { cause });
  }
  const wanted = imagesOfShard(planned, shard);
  if (samples.length === wanted) return samples;
  const lines = `${key} in ${store.uri} lists ${samples.length} of the ${wanted} images in run.json`;
  throw new DamagedManifestError(lines, runId);
}

/** The samples of all shards in their order, of one shard in memory at a time. Throws as `readSamples`. */
export async function* readAllSamples(
  store: ObjectStore,
  spec: RunSpec,
): AsyncGenerator<Sample, undefined> {
  for (let shard = 0; shard < spec.dataset.shards; shard++) {
    yield* await readSamples(store, spec, shard);
  }
  return undefined;
}

/** Parts read at once. */
const atOnce = 16;

/**
 * Returns what is wrong, without a period at the end, when the stored manifest differs from the planned one: parts missing, lines lost or altered. `undefined` when it is
 * intact, to the byte.
 */
export async function manifestFault(
  store: ObjectStore,
  { runId, dataset }: Pick<RunSpec, 'runId' | 'dataset'>,
): Promise<string | undefined> {
  const { shards, digest } = dataset;
  const keyOf = (shard: number) => objectKeys.manifest(runId, shard);
  const fault = await partsFault(store, { shards, keyOf, digest });
  if (fault !== 'altered') return fault;
  return `The images listed in ${runId}/manifest in ${store.uri} do not match run.json: lines were lost or altered`;
}

/** As `manifestFault`, of the list of labels; none where a run has no labels. */
export async function labelListFault(
  store: ObjectStore,
  { runId, dataset, labels }: Pick<RunSpec, 'runId' | 'dataset' | 'labels'>,
): Promise<string | undefined> {
  if (labels === undefined) return undefined;
  const keyOf = (shard: number) => objectKeys.labels(runId, shard);
  const { digest } = labels;
  const fault = await partsFault(store, { shards: dataset.shards, keyOf, digest });
  if (fault !== 'altered') return fault;
  return `The labels listed in ${runId}/labels in ${store.uri} do not match run.json: lines were lost or altered`;
}

interface StoredParts {
  readonly shards: number;
  keyOf(shard: number): string;
  /** sha256 over all parts, in order. */
  readonly digest: string;
}

async function partsFault(
  store: ObjectStore,
  { shards, keyOf, digest }: StoredParts,
): Promise<string | undefined> {
  const hash = createHash('sha256');
  for (let first = 0; first < shards; first += atOnce) {
    const count = Math.min(atOnce, shards - first);
    const keys = Array.from({ length: count }, (_, n) => keyOf(first + n));
    const most = mostStoredBytes.manifest;
    const parts = await Promise.all(keys.map((key) => readStoredBytes(store, key, most)));
    for (const [n, part] of parts.entries()) {
      if (part.status !== 'read') return `${keys[n]} is missing from ${store.uri}, or too large`;
      hash.update(part.bytes);
    }
  }
  return hash.digest('hex') === digest ? undefined : 'altered';
}
