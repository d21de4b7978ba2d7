import type { AuditStatus } from '../../audit/night/audit-status.ts';
import { AnswerWatch } from '../../shared/host/answer-watch.ts';
import { awaitedDisk } from '../../shared/host/disk-watch.ts';
import type { FleetQueues } from '../../shared/queue/fleet-queues.ts';
import { CoordinatorMetrics } from '../probes/coordinator-metrics.ts';
import { livenessLimits } from '../probes/health.ts';
import type { ProbeFacts } from '../probes/serve-probes.ts';
import { SilentQueueWatch } from '../probes/silent-queue-watch.ts';
import type { CoordinatorWatch } from './coordinator-options.ts';

/** Merging a large run may block the loop for longer than anything in a worker; the summary's lock lasts as long. */
const mergeLagMs = 120_000;

/** The state of a coordinator, for its metrics and probes. */
export class CoordinatorTelemetry implements CoordinatorWatch {
  readonly #metrics: CoordinatorMetrics;
  readonly #queues: Pick<FleetQueues, 'depth' | 'paused'>;
  readonly #silentQueue = new SilentQueueWatch();
  #stopping = false;
  readonly #awaited: (() => string | undefined)[] = [awaitedDisk];

  constructor(queues: Pick<FleetQueues, 'depth' | 'paused'>) {
    this.#queues = queues;
    this.#metrics = new CoordinatorMetrics({ queueDepth: () => queues.depth() });
  }

  jobTaken(): void {
    this.#silentQueue.jobTaken();
  }

  jobSettled(): void {
    this.#silentQueue.jobSettled();
  }

  swept(): void {
    this.#metrics.swept();
  }

  stopping(): void {
    this.#stopping = true;
  }

  /** Adds how the audits stand that this coordinator keeps; asked at every scrape. */
  audits(states: () => readonly AuditStatus[]): void {
    this.#metrics.audits(states);
  }

  /** Adds an external dependency that this service may wait for: `awaited` returns a sentence while it does. */
  awaits(source: () => string | undefined): void {
    this.#awaited.push(source);
  }

  get facts(): ProbeFacts {
    return {
      metrics: this.#metrics,
      inference: new AnswerWatch(),
      silentQueue: this.#silentQueue,
      waitingJobs: async () => {
        // What waits in a paused queue, nobody is to take.
        if ((await this.#queues.paused()).includes('summaries')) return 0;
        const { summaries } = await this.#queues.depth();
        return summaries.waiting + summaries.prioritized;
      },
      model: () => 'idle',
      stopping: () => this.#stopping,
      awaited: () => this.#awaited.flatMap((source) => source() ?? []),
      livenessLimits: { ...livenessLimits, eventLoopLagMs: mergeLagMs },
    };
  }
}
