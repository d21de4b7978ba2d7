import { Gauge, Registry } from 'prom-client';
import { metricCatalog } from '../../shared/telemetry/metric-catalog.ts';
import { addQueueDepth, type QueueDepthSource } from '../../shared/telemetry/queue-depth-gauge.ts';

export interface CoordinatorMetricsOptions extends QueueDepthSource {
  /** Milliseconds, from any start. */
  now?(): number;
}

/** A coordinator's metrics for Prometheus: the queues, and when it last swept all runs. */
export class CoordinatorMetrics {
  readonly #registry = new Registry();
  readonly #now: () => number;
  #lastSweepMs: number;

  constructor(options: CoordinatorMetricsOptions) {
    const { now = () => performance.now() } = options;
    this.#now = now;
    this.#lastSweepMs = now();
    addQueueDepth(this.#registry, options);
    const { name, help } = metricCatalog.lastSweep;
    const gauge: Gauge = new Gauge({
      ...{ name, help, registers: [this.#registry] },
      collect: () => gauge.set((this.#now() - this.#lastSweepMs) / 1000),
    });
  }

  /** All runs were looked at. */
  swept(): void {
    this.#lastSweepMs = this.#now();
  }

  /** The text of `/metrics`. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }

  get contentType(): string {
    return this.#registry.contentType;
  }
}
