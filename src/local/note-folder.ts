import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { runKeyOf } from '../shared/run/places/run-address.ts';
import { localPathOf } from '../shared/storage/local-path.ts';

/**
 * Where a local run notes the images in flight, so that the next start finds what killed this one: beside local results; for
 * remote results in a temporary folder derived from their place.
 */
export function noteFolderOf(outUri: string, runId: string): string {
  const local = localPathOf(outUri);
  if (local !== undefined) return join(local, runId, 'in-flight');
  const run = runKeyOf({ out: outUri, runId });
  return join(tmpdir(), `eigenfleet-${userInfo().uid}`, run);
}
