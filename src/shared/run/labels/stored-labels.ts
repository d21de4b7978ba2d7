import type { ObjectStore } from '../../storage/object-store.ts';
import { mostStoredBytes, readStoredBytes } from '../../storage/stored-json.ts';
import { objectKeys } from '../object-keys.ts';
import { imagesOfShard, type PlannedShards } from '../planned-shards.ts';
import type { RunSpec } from '../run-spec.ts';
import { DamagedManifestError } from '../stored-manifest.ts';
import { type LabelEntry, labelEntrySchema } from './label.ts';

/**
 * Returns what the plan says of the labels of a shard's images, in their order; `undefined` for a run without labels.
 *
 * @throws DamagedManifestError unless the list is intact: readable, and with as many images as run.json says.
 */
export async function readLabelEntries(
  store: ObjectStore,
  planned: PlannedShards & Pick<RunSpec, 'labels'>,
  shard: number,
): Promise<LabelEntry[] | undefined> {
  if (planned.labels === undefined) return undefined;
  const { runId } = planned;
  const key = objectKeys.labels(runId, shard);
  const stored = await readStoredBytes(store, key, mostStoredBytes.manifest);
  if (stored.status !== 'read') {
    const what = 'reason' in stored ? `cannot be used (${stored.reason}) in` : 'is missing from';
    throw new DamagedManifestError(`${key} ${what} ${store.uri}`, runId);
  }
  const entries = parseEntries(stored.bytes);
  if (entries?.length === imagesOfShard(planned, shard)) return entries;
  throw new DamagedManifestError(`${key} in ${store.uri} is damaged`, runId);
}

/** `undefined` for what no plan wrote. */
function parseEntries(bytes: Uint8Array): LabelEntry[] | undefined {
  try {
    const lines = new TextDecoder('utf-8', { fatal: true }).decode(bytes).split('\n').slice(0, -1);
    return lines.map((line) => labelEntrySchema.parse(JSON.parse(line)));
  } catch {
    return undefined;
  }
}
