import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { runKeyOf } from '../shared/run/run-address.ts';
import { localPathOf } from '../shared/storage/local-path.ts';

/**
 * Where a run on this machine notes what is under way, so that the next start finds what killed this one: beside results on this machine; of
 * results elsewhere in a temporary folder that the same results lead to again.
 */
export function noteFolderOf(outUri: string, runId: string): string {
  const local = localPathOf(outUri);
  if (local !== undefined) return join(local, runId, 'in-flight');
  const run = runKeyOf({ out: outUri, runId });
  return join(tmpdir(), `eigenfleet-${userInfo().uid}`, run);
}
