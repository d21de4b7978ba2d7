import type { LiveWorker, RunCounters } from '../shared/run-progress.ts';
import { formatDuration } from './duration.ts';
import type { Terminal } from './terminal.ts';

export interface FleetView {
  show(counters: RunCounters, workers: readonly LiveWorker[]): void;
  stop(): void;
}

interface FleetViewOptions {
  readonly total: { readonly images: number; readonly shards: number };
  readonly terminal: Terminal;
}

/** Lines off a terminal come no closer together than this. */
const lineEveryMs = 15_000;
/** The rate is taken over this long, so that it follows workers that come and go. */
const rateOverMs = 30_000;

/** How far a run of the fleet is: a bar on a terminal, a plain line now and then elsewhere. */
export async function startFleetProgress({
  total,
  terminal,
}: FleetViewOptions): Promise<FleetView> {
  if (terminal.quiet) return { show() {}, stop() {} };
  const pace = new Pace();
  const stream = terminal.progressStream;
  if (!stream.isTTY) {
    let lastMs = Number.NEGATIVE_INFINITY;
    return {
      show(counters, workers) {
        pace.add(counters.imagesLive);
        if (performance.now() - lastMs < lineEveryMs) return;
        lastMs = performance.now();
        stream.write(`${fleetWords(counters, workers, total, pace)}\n`);
      },
      stop() {},
    };
  }
  const { default: cliProgress } = await import('cli-progress');
  const bar = new cliProgress.SingleBar({
    ...{ stream, format: '  {bar} {percentage} %  {words}', barsize: 24 },
    ...{ barCompleteChar: '━', barIncompleteChar: '─' },
    ...{ hideCursor: true, clearOnComplete: true, gracefulExit: false },
  });
  bar.start(total.images, 0, { words: 'waiting for the fleet' });
  return {
    show(counters, workers) {
      pace.add(counters.imagesLive);
      const words = fleetWords(counters, workers, total, pace);
      bar.update(Math.min(counters.imagesLive, total.images), { words });
    },
    stop: () => bar.stop(),
  };
}

/** Shards, images a second, time left, failures, workers: in plain words. */
export function fleetWords(
  counters: RunCounters,
  workers: readonly LiveWorker[],
  total: FleetViewOptions['total'],
  pace: Pace,
): string {
  const { done, failed, imagesLive, imagesFailed } = counters;
  const rate = pace.perSecond;
  const left = rate > 0 ? formatDuration(((total.images - imagesLive) / rate) * 1000) : 'unknown';
  const parts = [
    `${done} of ${total.shards} shards`,
    `${imagesLive} of ${total.images} images`,
    `${rate.toFixed(rate < 10 ? 1 : 0)} images/s`,
    `${left} left`,
  ];
  if (imagesFailed > 0) parts.push(`${imagesFailed} images failed`);
  if (failed > 0) parts.push(`${failed} shards failed`);
  const alive = workers.length;
  parts.push(alive === 0 ? 'no worker alive' : `${alive} ${alive === 1 ? 'worker' : 'workers'}`);
  return parts.join(', ');
}

/** Images a second over the last half minute. */
export class Pace {
  readonly #points: { atMs: number; images: number }[] = [];

  add(images: number, atMs = performance.now()): void {
    this.#points.push({ atMs, images });
    while ((this.#points[0]?.atMs ?? atMs) < atMs - rateOverMs) this.#points.shift();
  }

  get perSecond(): number {
    const first = this.#points[0];
    const last = this.#points.at(-1);
    if (!first || !last || last.atMs <= first.atMs) return 0;
    return Math.max(0, ((last.images - first.images) / (last.atMs - first.atMs)) * 1000);
  }
}
