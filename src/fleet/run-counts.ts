import { type Headline, summarySchema } from '../report/summary/summary-schema.ts';
import type { RunCounters, RunProgress } from '../shared/queue/run-counters.ts';
import { markedShards } from '../shared/results/done-shards.ts';
import { readFailedShards } from '../shared/results/failed-shards.ts';
import { objectKeys } from '../shared/run/object-keys.ts';
import { imagesOfShard } from '../shared/run/planned-shards.ts';
import type { RunSpec } from '../shared/run/run-spec.ts';
import type { RunState } from '../shared/run/run-state.ts';
import type { ObjectStore } from '../shared/storage/object-store.ts';
import { mostStoredBytes, readStoredJson } from '../shared/storage/stored-json.ts';

export interface RunTotals {
  readonly images: number;
  readonly shards: number;
}

export interface CountsRequest {
  readonly store: ObjectStore;
  readonly spec: RunSpec;
  readonly state: RunState;
  readonly progress: Pick<RunProgress, 'readProgress'>;
}

const closedSchema = summarySchema
  .pick({ counts: true, failedShards: true, title: true })
  .partial({ title: true });

/** Returns the progress of a run: by its summary when it is closed, else by Redis' counts, else, when Redis has none, by stored results. */
export async function readRunCounts(request: CountsRequest): Promise<RunCounters> {
  const { store, spec, state, progress } = request;
  const { runId, dataset } = spec;
  const closed = state === 'closed' ? await readClosedRun(store, runId, dataset.shards) : undefined;
  if (closed !== undefined) return closed.counters;
  const counters = await progress.readProgress({ out: store.uri, runId });
  const counted = counters.done + counters.failed + counters.imagesLive > 0;
  const counts = counted ? counters : await readStoredCounts(store, spec);
  return withoutDoubles({ ...counts, cancelled: state === 'cancelled' }, dataset);
}

/** What the summary of a closed run says. */
export interface ClosedRun {
  readonly counters: RunCounters;
  /** Its headline. */
  readonly finding?: Headline;
}

/** `undefined` without a summary that can be read. */
export async function readClosedRun(
  store: ObjectStore,
  runId: string,
  shards: number,
): Promise<ClosedRun | undefined> {
  const stored = await readStoredJson(
    store,
    objectKeys.summaryJson(runId),
    mostStoredBytes.summary,
  );
  const summary = stored.status === 'read' ? closedSchema.safeParse(stored.value).data : undefined;
  if (summary === undefined) return undefined;
  const { explained, failed: imagesFailed } = summary.counts;
  const failed = summary.failedShards.length;
  const images = explained + imagesFailed;
  const done = { done: shards - failed, failed, images, imagesFailed, imagesLive: images };
  const { title: finding } = summary;
  return { counters: { ...done, cancelled: false }, ...(finding && { finding }) };
}

/** By listings alone, so failed images are unknown: reading all markers would take minutes for a large run. */
async function readStoredCounts(store: ObjectStore, spec: RunSpec): Promise<RunCounters> {
  const { runId, dataset } = spec;
  const marked = await markedShards(store, { runId, shards: dataset.shards });
  const failed = [
    ...(await readFailedShards(store, { runId, shards: dataset.shards })).keys(),
  ].filter((shard) => !marked.has(shard));
  let images = 0;
  for (const shard of marked) {
    images += imagesOfShard(spec, shard);
  }
  return {
    ...{ done: marked.size, failed: failed.length, images, imagesFailed: 0, imagesLive: images },
    cancelled: false,
  };
}

/**
 * The images of a shard that was begun twice count twice when its first worker could not subtract them: then no more
 * are shown than there are, and once every shard is settled, those of the shards that are done.
 */
export function withoutDoubles(counters: RunCounters, total: RunTotals): RunCounters {
  const { done, failed, images, imagesLive } = counters;
  const settled = done + failed >= total.shards;
  return { ...counters, imagesLive: settled ? images : Math.min(imagesLive, total.images) };
}
