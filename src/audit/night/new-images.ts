import { openRun } from '../../shared/run/open-run.ts';
import type { Sample } from '../../shared/run/sample.ts';
import { readAllSamples } from '../../shared/run/stored-manifest.ts';
import { keyHash } from '../../shared/statistics/exemplars.ts';
import { compareUtf8 } from '../../shared/storage/utf8-order.ts';
import type { TestedImages } from '../../verdict/check-run.ts';
import { mostCompared } from '../../verdict/drift/smallest-hashes.ts';
import type { RunPlace } from '../../verdict/figures/read-checked-run.ts';

/** How many more keys than are kept may wait to be dropped. */
const surplus = 2;

/**
 * The images of a run that an earlier one does not have: by key, or with another etag. Both lists are in the order of their keys and are read side by side. Of more than `most` new images, those
 * whose keys have the smallest hashes are kept: a fair part, the same each time.
 *
 * @param most 100,000 by default, as many as a comparison takes
 * @throws EigenfleetError `storage` where a run or its list cannot be read.
 */
export async function newImages(
  now: RunPlace,
  before: RunPlace,
  most = mostCompared,
): Promise<TestedImages> {
  if (now.runId === before.runId && now.store.uri === before.store.uri) return testedOf([], 0);
  const older = samplesOf(before)[Symbol.asyncIterator]();
  let old = await older.next();
  let kept: string[] = [];
  let count = 0;
  for await (const { key, etag, sizeBytes } of samplesOf(now)) {
    while (!old.done && compareUtf8(old.value.key, key) < 0) old = await older.next();
    const same = !old.done && old.value.key === key ? old.value : undefined;
    if (same?.etag === etag && same.sizeBytes === sizeBytes) continue;
    count += 1;
    kept.push(key);
    if (kept.length >= surplus * most) kept = smallest(kept, most);
  }
  await older.return(undefined);
  return testedOf(smallest(kept, most), count);
}

function testedOf(keys: readonly string[], count: number): TestedImages {
  const known = new Set(keys);
  return { count, has: (key) => known.has(key) };
}

function smallest(keys: readonly string[], most: number): string[] {
  if (keys.length <= most) return [...keys];
  const hashed = keys.map((key) => [keyHash(key), key] as const);
  return hashed
    .sort(([a], [b]) => a - b)
    .slice(0, most)
    .map(([, key]) => key);
}

async function* samplesOf({ store, runId }: RunPlace): AsyncGenerator<Sample, undefined> {
  return yield* readAllSamples(store, await openRun(store, runId));
}
