import { messageOf } from '../../shared/errors.ts';
import type { AnswerWatch } from '../../shared/host/answer-watch.ts';
import { type TimelyAnswer, within } from '../../shared/host/within.ts';
import { redactCredentials } from '../../shared/redaction/redact-credentials.ts';
import type { EventLoopLag } from './event-loop-lag.ts';
import { type LivenessLimits, liveness, type ModelState, readiness } from './health.ts';
import type { ProbeSources } from './probe-routes.ts';
import type { SilentQueueWatch } from './silent-queue-watch.ts';

export interface WorkerProbeOptions {
  readonly metrics: ProbeSources['metrics'];
  readonly eventLoop: EventLoopLag;
  /** Watches every model call. */
  readonly inference: AnswerWatch;
  /** The processor reports every job to it. */
  readonly silentQueue: SilentQueueWatch;
  /** Asks Redis how many jobs this worker could take: waiting and prioritized. */
  waitingJobs(): Promise<number>;
  model(): ModelState;
  stopping(): boolean;
  /** A sentence for each external dependency that it waits for now. */
  awaited(): readonly string[];
  readonly livenessLimits?: LivenessLimits;
  /** Two seconds by default: shorter than the probe's own time limit should be. */
  readonly redisTimeoutMs?: number;
}

/** Collects the facts that a worker's probes judge by. */
export function workerProbes(options: WorkerProbeOptions): ProbeSources {
  const { metrics, eventLoop, inference, silentQueue, redisTimeoutMs = 2_000 } = options;
  return {
    metrics,
    liveness: () =>
      liveness(
        {
          eventLoopLagMs: eventLoop.take(),
          inferenceOwedMs: inference.owedMs,
          awaited: options.awaited(),
        },
        options.livenessLimits,
      ),
    readiness: async () => {
      const answer = await within(redisTimeoutMs, () => options.waitingJobs());
      // Without an answer nobody knows whether jobs wait: the watch restarts.
      const silentMs = silentQueue.look(answer.status === 'answered' ? answer.value : 0);
      const redisFault = faultOf(answer, redisTimeoutMs);
      return readiness({
        silentMs,
        model: options.model(),
        stopping: options.stopping(),
        ...(redisFault !== undefined && { redisFault }),
      });
    },
  };
}

function faultOf(answer: TimelyAnswer<number>, timeoutMs: number): string | undefined {
  switch (answer.status) {
    case 'answered':
      return undefined;
    case 'late':
      return `no answer within ${timeoutMs / 1000} s`;
    case 'failed':
      return redactCredentials(messageOf(answer.error));
  }
}
