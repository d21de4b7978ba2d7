/**
 * The answer of a probe: 200 with `ok`; 200 with `degraded` and what it waits for, which a restart would not fix; or 503 with a reason for each thing that
 * is wrong.
 */
export type Health =
  | { readonly status: 'ok' }
  | { readonly status: 'degraded'; readonly reasons: readonly string[] }
  | { readonly status: 'failing'; readonly reasons: readonly string[] };

export interface LivenessFacts {
  /** The longest delay of the event loop since the last probe. */
  readonly eventLoopLagMs: number;
  /** How long an inference call has been pending; 0 when none is. */
  readonly inferenceOwedMs: number;
  /** A sentence for each external dependency that it waits for: Redis, or storage. */
  readonly awaited: readonly string[];
}

export interface LivenessLimits {
  readonly eventLoopLagMs: number;
  readonly inferenceOwedMs: number;
}

/** Half a lock's renewal interval for the loop, and more than any device takes for a model call. */
export const livenessLimits: LivenessLimits = { eventLoopLagMs: 15_000, inferenceOwedMs: 120_000 };

export type ModelState = 'idle' | 'loading' | 'loaded' | 'failed';

export interface ReadinessFacts {
  /** One sentence about why Redis did not answer; absent when it did. */
  readonly redisFault?: string;
  /** `idle`: no run has asked for a model yet. */
  readonly model: ModelState;
  /** Shutting down: takes no new job. */
  readonly stopping: boolean;
  /** From `SilentQueueWatch.look`. */
  readonly silentMs: number;
}

export interface ReadinessLimits {
  readonly silentMs: number;
}

/** Idle workers ask Redis for jobs every few seconds; a minute means many missed turns. */
export const readinessLimits: ReadinessLimits = { silentMs: 60_000 };

/** Returns whether the process is alive. Failing means: restart it, it will not recover. Waiting is not a failure. */
export function liveness(facts: LivenessFacts, limits: LivenessLimits = livenessLimits): Health {
  const reasons: string[] = [];
  if (facts.eventLoopLagMs > limits.eventLoopLagMs) {
    reasons.push(`the event loop was blocked for ${seconds(facts.eventLoopLagMs)}`);
  }
  if (facts.inferenceOwedMs > limits.inferenceOwedMs) {
    reasons.push(`the inference thread has not answered for ${seconds(facts.inferenceOwedMs)}`);
  }
  if (reasons.length > 0 || facts.awaited.length === 0) return healthOf(reasons);
  return { status: 'degraded', reasons: facts.awaited };
}

/** Returns whether the worker can take jobs now. */
export function readiness(
  facts: ReadinessFacts,
  limits: ReadinessLimits = readinessLimits,
): Health {
  const reasons: string[] = [];
  if (facts.stopping) reasons.push('the worker is stopping and takes no new jobs');
  if (facts.redisFault !== undefined) reasons.push(`Redis: ${facts.redisFault}`);
  if (facts.model === 'loading') reasons.push('the model is being loaded');
  if (facts.model === 'failed') reasons.push('the model could not be loaded');
  if (!facts.stopping && facts.silentMs > limits.silentMs) {
    reasons.push(
      `silent queue: jobs have been waiting for ${seconds(facts.silentMs)} and this idle worker took none`,
    );
  }
  return healthOf(reasons);
}

function healthOf(reasons: readonly string[]): Health {
  return reasons.length === 0 ? { status: 'ok' } : { status: 'failing', reasons };
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1000)} s`;
}
