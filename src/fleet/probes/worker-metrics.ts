import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { failureClass, failureClasses } from '../../shared/run/failure-class.ts';
import { type SampleStatus, sampleStatuses } from '../../shared/run/sample.ts';
import {
  metricCatalog,
  type ShardEnd,
  shardOutcomes,
} from '../../shared/telemetry/metric-catalog.ts';
import { addQueueDepth, type QueueDepth } from '../../shared/telemetry/queue-depth-gauge.ts';

export interface WorkerMetricsOptions {
  /** The worker's name, as in its log lines. */
  readonly worker: string;
  /** As `softwareVersions` returns them. */
  readonly versions: Readonly<Record<string, string>>;
  /** Called at every scrape; `/metrics` omits it when it fails or takes longer than `depthTimeoutMs` (2 s). */
  queueDepth?(): Promise<QueueDepth>;
  readonly depthTimeoutMs?: number;
  /** Milliseconds, from any start. */
  now?(): number;
}

/** From a cached read to a stalled one; a GPU's letterbox is a millisecond, a CPU's large model a second. */
const stageBuckets = [
  0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
];

/** A worker's metrics for Prometheus, in their own registry. No label ever holds a file name or a run. */
export class WorkerMetrics {
  readonly #registry = new Registry();
  readonly #options: WorkerMetricsOptions;
  readonly #images: Counter<'status'>;
  readonly #failures: Counter<'reason'>;
  readonly #shards: Counter<'outcome'>;
  readonly #stageSeconds: Histogram<'stage'>;
  readonly #info: Gauge;
  readonly #now: () => number;
  #lastProgressMs: number;

  constructor(options: WorkerMetricsOptions) {
    const { now = () => performance.now() } = options;
    this.#options = options;
    this.#now = now;
    this.#lastProgressMs = now();
    this.#images = new Counter(this.#described('images'));
    this.#failures = new Counter(this.#described('failures'));
    this.#shards = new Counter(this.#described('shards'));
    this.#stageSeconds = new Histogram({
      ...this.#described('stageSeconds'),
      buckets: stageBuckets,
    });
    this.#info = new Gauge(this.#described('info'));
    this.#addProgressAge();
    const { queueDepth, depthTimeoutMs } = options;
    if (queueDepth !== undefined) addQueueDepth(this.#registry, { queueDepth, depthTimeoutMs });
    this.#startAtZero();
    this.useDevice('none');
  }

  /** Counts a processed image, successful or not. */
  countImage({
    status,
    reason,
  }: {
    readonly status: SampleStatus;
    readonly reason?: string;
  }): void {
    this.#lastProgressMs = this.#now();
    this.#images.inc({ status });
    if (status !== 'success') this.#failures.inc({ reason: failureClass(status, reason ?? '') });
  }

  countShard(outcome: ShardEnd): void {
    this.#shards.inc({ outcome });
  }

  /**
   * Books the stages of a finished shard: `timingsMs` (milliseconds summed over the shard, as in its marker) as `images` equal parts, so that sum and
   * count of the histogram give the true mean over images.
   */
  observeShard(timingsMs: Readonly<Record<string, number>>, images: number): void {
    for (const [stage, totalMs] of Object.entries(timingsMs)) {
      const seconds = totalMs / 1000 / images;
      for (let i = 0; i < images; i++) this.#stageSeconds.observe({ stage }, seconds);
    }
  }

  /** Books one stage of one image. */
  observeStage(stage: string, seconds: number): void {
    this.#stageSeconds.observe({ stage }, seconds);
  }

  /** Names the device that really runs the model. */
  useDevice(device: string): void {
    const { worker, versions } = this.#options;
    this.#info.reset();
    this.#info.set(
      {
        ...{ worker, device, version: versions.eigenfleet ?? '', node: versions.node ?? '' },
        onnxruntime: versions['onnxruntime-node'] ?? '',
        sharp: versions.sharp ?? '',
      },
      1,
    );
  }

  /** Seconds since the last processed image, or since the start. */
  get progressAgeSeconds(): number {
    return (this.#now() - this.#lastProgressMs) / 1000;
  }

  /** The text of `/metrics`. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  #described(metric: keyof typeof metricCatalog) {
    const { name, help, labels } = metricCatalog[metric];
    return { name, help, labelNames: [...labels], registers: [this.#registry] };
  }

  #addProgressAge(): void {
    const gauge: Gauge = new Gauge({
      ...this.#described('lastProgress'),
      collect: () => gauge.set(this.progressAgeSeconds),
    });
  }

  /** A series that appears with its first failure does not show an increase: all of them exist from the start. */
  #startAtZero(): void {
    for (const status of sampleStatuses) this.#images.inc({ status }, 0);
    for (const reason of failureClasses) this.#failures.inc({ reason }, 0);
    for (const outcome of shardOutcomes) this.#shards.inc({ outcome }, 0);
  }
}
