import { Gauge, type Registry } from 'prom-client';
import { within } from '../host/within.ts';
import { metricCatalog, queueStates } from './metric-catalog.ts';

/** Queue -> state -> jobs, with the states of `queueStates`. */
export type QueueDepth = Readonly<Record<string, Readonly<Record<string, number>>>>;

export interface QueueDepthSource {
  /** Called at every scrape; the scrape omits the gauge when it fails or takes longer than `depthTimeoutMs` (2 s). */
  queueDepth(): Promise<QueueDepth>;
  readonly depthTimeoutMs?: number | undefined;
}

/** Adds the depth of the queues to a registry. */
export function addQueueDepth(
  registry: Registry,
  { queueDepth, depthTimeoutMs = 2_000 }: QueueDepthSource,
): void {
  const { name, help, labels } = metricCatalog.queueJobs;
  const gauge: Gauge = new Gauge({
    ...{ name, help, labelNames: [...labels], registers: [registry] },
    collect: async () => {
      const answer = await within(depthTimeoutMs, queueDepth);
      gauge.reset();
      if (answer.status !== 'answered') return;
      for (const [queue, counts] of Object.entries(answer.value)) {
        for (const state of queueStates) gauge.set({ queue, state }, counts[state] ?? 0);
      }
    },
  });
}
