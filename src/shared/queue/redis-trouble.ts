import type { EigenfleetError } from '../errors.ts';
import { refusedBy } from './redis-connection.ts';
import { type RedisTrouble, replicaError } from './redis-error.ts';

/** How long a refusal must last before it ends a service that worked before: rights change in steps. */
const lastingMs = 10_000;
/** How long a failover may take when a service starts during it. */
const replicaMs = 15_000;

/** `odd`: a queue fails for its own reasons and retries at once. */
export type TroubleKind = RedisTrouble | 'odd';

/** What makes Redis unusable, and since when. All times come from one clock. */
export interface Trouble {
  readonly kind: TroubleKind;
  readonly error: unknown;
  readonly sinceMs: number;
  /** Since when it is of this kind. */
  readonly kindSinceMs: number;
  readonly saidMs: number;
}

/** What is said at first, and what once a minute. */
export const troubleWords: Readonly<Record<TroubleKind, readonly [first: string, again: string]>> =
  {
    away: ['Redis is away: waiting for it', 'Redis is still away'],
    busy: ['Redis is busy or full: waiting for it', 'Redis is still busy or full'],
    replica: ['Redis is a read-only replica: waiting for a primary', 'Redis is still a replica'],
    refused: ['Redis refuses', 'Redis still refuses'],
    odd: ['Redis fails a queue: waiting a while', 'Redis still fails a queue'],
  };

/** The sentence that ends a service; `undefined` while waiting may help. */
export function lastingRefusal(
  { kind, kindSinceMs, error }: Trouble,
  {
    url,
    nowMs,
    atStart,
  }: { readonly url: string; readonly nowMs: number; readonly atStart: boolean },
): EigenfleetError | undefined {
  const lastedMs = nowMs - kindSinceMs;
  if (kind === 'refused' && lastedMs >= (atStart ? 0 : lastingMs)) return refusedBy(error, url);
  if (kind === 'replica' && atStart && lastedMs >= replicaMs) return replicaError(url, error);
  return undefined;
}
