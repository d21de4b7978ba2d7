import { z } from 'zod';
import { safeText } from '../redaction/safe-text.ts';
import { objectKeys } from '../run/object-keys.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { mostStoredBytes, readStoredJson, type StoredJson } from '../storage/stored-json.ts';

/** failed/<shard>.json: a shard that failed for good, and why. Gone again when it is retried. */
export const failedShardSchema = z.object({
  schema: z.literal('failed@1'),
  runId: z.string(),
  shard: z.number().int().nonnegative(),
  reason: z.string(),
  failedAt: z.string(),
});
export type FailedShard = z.infer<typeof failedShardSchema>;

/** Records that a shard failed for good. */
export async function putFailedShard(
  store: ObjectStore,
  failure: Pick<FailedShard, 'runId' | 'shard' | 'reason'>,
): Promise<void> {
  const failed: FailedShard = {
    schema: 'failed@1',
    ...failure,
    reason: safeText(failure.reason),
    failedAt: new Date().toISOString(),
  };
  const key = objectKeys.failedShard(failure.runId, failure.shard);
  await store.put(key, new TextEncoder().encode(JSON.stringify(failed)));
}

/** Shards below `shards` of a run that failed for good, by number, with the reason; in ascending order. */
export async function readFailedShards(
  store: ObjectStore,
  { runId, shards }: { readonly runId: string; readonly shards: number },
): Promise<Map<number, string>> {
  const failed = new Map<number, string>();
  for await (const { key } of store.list(objectKeys.failedShards(runId))) {
    const shard = objectKeys.shardOf(key);
    if (shard === undefined || shard >= shards) continue;
    const stored = await readStoredJson(store, key, mostStoredBytes.note);
    if (stored.status !== 'absent') failed.set(shard, reasonIn(stored));
  }
  return failed;
}

function reasonIn(stored: StoredJson): string {
  const value = stored.status === 'read' ? stored.value : undefined;
  const { data } = failedShardSchema.safeParse(value);
  return safeText(data?.reason ?? 'the reason cannot be read');
}
