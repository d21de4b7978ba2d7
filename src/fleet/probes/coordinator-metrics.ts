import { Gauge, Registry } from 'prom-client';
import type { AuditStatus } from '../../audit/night/audit-status.ts';
import { type MetricDescription, metricCatalog } from '../../shared/telemetry/metric-catalog.ts';
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

  /** Adds a series for each audit, asked at every scrape. */
  audits(states: () => readonly AuditStatus[], now: () => number = () => Date.now()): void {
    const gaugeOf = (metric: MetricDescription, read: (one: AuditStatus) => number | undefined) => {
      const gauge: Gauge = new Gauge({
        ...{ name: metric.name, help: metric.help, labelNames: [...metric.labels] },
        registers: [this.#registry],
        collect: () => {
          // Audits come and go.
          gauge.reset();
          for (const one of states()) {
            const value = read(one);
            if (value !== undefined) gauge.set({ audit: one.name }, value);
          }
        },
      });
    };
    const { auditVerdict, auditSuccessAge, auditOverdue } = metricCatalog;
    gaugeOf(auditVerdict, ({ verdict }) => verdict);
    gaugeOf(auditSuccessAge, ({ lastSuccessAt }) => (now() - lastSuccessAt.getTime()) / 1000);
    gaugeOf(auditOverdue, ({ overdue }) => Number(overdue !== undefined));
  }

  /** The text of `/metrics`. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }

  get contentType(): string {
    return this.#registry.contentType;
  }
}
