import { AnswerWatch } from '../../shared/host/answer-watch.ts';
import { awaitedDisk } from '../../shared/host/disk-watch.ts';
import { softwareVersions } from '../../shared/host/software-versions.ts';
import type { FleetQueues } from '../../shared/queue/fleet-queues.ts';
import type { SampleRow } from '../../shared/run/sample-row.ts';
import type { Explainer } from '../../worker/explain/explainer.ts';
import type { AttemptOutcome } from '../../worker/queue/attempt-shard.ts';
import type { ModelState } from '../probes/health.ts';
import type { ProbeFacts } from '../probes/serve-probes.ts';
import { SilentQueueWatch } from '../probes/silent-queue-watch.ts';
import { WorkerMetrics } from '../probes/worker-metrics.ts';

/** The state of a worker, for its metrics and probes. Others report to it; it asks only Redis. */
export class WorkerTelemetry {
  readonly #metrics: WorkerMetrics;
  readonly #queues: Pick<FleetQueues, 'counts' | 'depth' | 'paused'>;
  readonly #silentQueue = new SilentQueueWatch();
  /** Report every model call here. */
  readonly inference = new AnswerWatch();
  #model: ModelState = 'idle';
  #stopping = false;
  readonly #awaited: (() => string | undefined)[] = [awaitedDisk];

  constructor(worker: string, queues: Pick<FleetQueues, 'counts' | 'depth' | 'paused'>) {
    this.#queues = queues;
    this.#metrics = new WorkerMetrics({
      worker,
      versions: softwareVersions(),
      queueDepth: () => queues.depth(),
    });
  }

  jobTaken(): void {
    this.#silentQueue.jobTaken();
  }

  jobSettled(): void {
    this.#silentQueue.jobSettled();
  }

  sample({ status, reason }: Pick<SampleRow, 'status' | 'reason'>): void {
    this.#metrics.countImage({ status, ...(reason !== undefined && { reason }) });
  }

  /** An attempt at a shard ended; one of a cancelled run does not count. */
  outcome(outcome: AttemptOutcome): void {
    if (outcome.status === 'cancelled') return;
    this.#metrics.countShard(outcome.status === 'handed-back' ? 'handed_back' : outcome.status);
    if (outcome.status !== 'done') return;
    const { timingsMs, statistics } = outcome.marker;
    this.#metrics.observeShard(timingsMs, statistics.images);
  }

  failedForGood(): void {
    this.#metrics.countShard('failed');
  }

  /** Loads a run's model, and records the outcome and the device. */
  async load(start: () => Promise<Explainer>): Promise<Explainer> {
    this.#model = 'loading';
    try {
      const explainer = await start();
      this.#model = 'loaded';
      this.#metrics.useDevice(explainer.inference.device);
      return explainer;
    } catch (error) {
      this.#model = 'failed';
      throw error;
    }
  }

  stopping(): void {
    this.#stopping = true;
  }

  /** Adds an external dependency that this service may wait for: `awaited` returns a sentence while it does. */
  awaits(source: () => string | undefined): void {
    this.#awaited.push(source);
  }

  get facts(): ProbeFacts {
    return {
      metrics: this.#metrics,
      inference: this.inference,
      silentQueue: this.#silentQueue,
      waitingJobs: async () => {
        // What waits in a paused queue, nobody is to take.
        if ((await this.#queues.paused()).includes('shards')) return 0;
        return (await this.#queues.counts()).waiting;
      },
      model: () => this.#model,
      stopping: () => this.#stopping,
      awaited: () => this.#awaited.flatMap((source) => source() ?? []),
    };
  }
}
