import { createHash } from 'node:crypto';

/**
 * One run in one place. The id alone is ambiguous: it is a hash of images, model and options, so the same run may be in progress in several results
 * folders at once.
 */
export interface RunAddress {
  /** The `uri` of the results' store, the same however a person wrote the place: absolute, without a trailing slash, without credentials. */
  readonly out: string;
  readonly runId: string;
}

export interface ShardAddress extends RunAddress {
  readonly shard: number;
}

/**
 * Identifies a run where several places meet: in Redis, in job ids, in the machine's temporary folder. `<runId>-<36 bits of out's sha256 in base64url>`:
 * no colon, which BullMQ forbids, and short, since Redis keeps it several times for every shard (8 hex digits cost 0.4 bytes an image more).
 */
export function runKeyOf({ out, runId }: RunAddress): string {
  return `${runId}-${createHash('sha256').update(out).digest('base64url').slice(0, 6)}`;
}
