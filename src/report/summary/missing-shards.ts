import { commandLine } from '../../shared/redaction/command-line.ts';
import { placeOf } from '../../shared/storage/local-path.ts';
import { wholeNumber } from '../words/wording.ts';
import type { Summary } from './summary-schema.ts';

/** Shards listed for people; summary.json has all of them. */
const mostShards = 3;

export interface MissingShards {
  readonly shown: readonly { readonly shard: number; readonly reason: string }[];
  /** "and 4 more in summary.json"; `undefined` when all are shown. */
  readonly rest: string | undefined;
  /** The command that retries them. Only a fleet gives up shards: a local run ends without a summary. */
  readonly retry: string;
}

/** Shards that a fleet gave up, in words for people; `undefined` when there are none. `out` is the URI of the results. */
export function missingShardsOf(summary: Summary, out: string): MissingShards | undefined {
  const { runId, failedShards, shardFailures } = summary;
  if (failedShards.length === 0) return undefined;
  const reasons = new Map(shardFailures?.map(({ shard, reason }) => [shard, reason]));
  const shown = failedShards
    .slice(0, mostShards)
    .map((shard) => ({ shard, reason: reasons.get(shard) ?? 'unknown reason' }));
  const hidden = failedShards.length - shown.length;
  return {
    shown,
    rest: hidden > 0 ? `and ${wholeNumber(hidden)} more in summary.json` : undefined,
    retry: commandLine(['resume', runId, '--out', placeOf(out), '--retry-failed']),
  };
}
