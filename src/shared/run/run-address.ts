import { createHash } from 'node:crypto';

/**
 * One run in one place. The id alone does not tell: it is a hash of images, model and options, so the same run may be under way in several results
 * folders at once.
 */
export interface RunAddress {
  /** The `uri` of the results' store, which is the same however a person wrote the place: no slash at the end, absolute, without credentials. */
  readonly out: string;
  readonly runId: string;
}

export interface ShardAddress extends RunAddress {
  readonly shard: number;
}

/**
 * What stands for a run where places meet: in Redis, in job ids, in the machine's temporary folder. `<runId>-<36 bits of out's sha256 in base64url>`:
 * no colon, which BullMQ forbids, and short, since Redis keeps it several times for every shard (8 hex digits cost 0.4 bytes an image more).
 */
export function runKeyOf({ out, runId }: RunAddress): string {
  return `${runId}-${createHash('sha256').update(out).digest('base64url').slice(0, 6)}`;
}
