import pRetry from 'p-retry';
import { isPassing } from './s3-error.ts';

/** How often and how patiently to repeat a request. */
export interface S3Patience {
  /** The first one included. */
  readonly attempts: number;
  /** Before the second attempt; it doubles each time, times a random factor of 1 to 2, up to `mostDelayMs`. */
  readonly firstDelayMs: number;
  readonly mostDelayMs: number;
}

/** About 12 seconds for a server that answers at once, more for a silent one. */
export const defaultS3Patience: S3Patience = {
  attempts: 6,
  firstDelayMs: 250,
  mostDelayMs: 8_000,
};

/**
 * Runs a request and reads its answer, retrying while the failure may pass. The SDK's own retry ends with the head of the answer: a body
 * that is cut or stalls is not retried. Throws the last failure, or the signal's reason.
 */
export function patiently<T>(
  request: () => Promise<T>,
  { attempts, firstDelayMs, mostDelayMs }: S3Patience,
  signal?: AbortSignal,
): Promise<T> {
  signal?.throwIfAborted();
  const attempt = async (): Promise<T> => {
    try {
      return await request();
    } catch (error) {
      // An abort breaks the connection, which looks like a failure of the network.
      signal?.throwIfAborted();
      throw error;
    }
  };
  return pRetry(attempt, {
    retries: attempts - 1,
    minTimeout: firstDelayMs,
    maxTimeout: mostDelayMs,
    factor: 2,
    randomize: true,
    shouldRetry: ({ error }) => isPassing(error),
    ...(signal !== undefined && { signal }),
  });
}
