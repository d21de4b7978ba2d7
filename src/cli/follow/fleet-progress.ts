import { type RunTotals, withoutDoubles } from '../../fleet/run-counts.ts';
import { counted, wholeNumber } from '../../report/words/wording.ts';
import { formatDuration } from '../../shared/host/format-duration.ts';
import type { LiveWorker } from '../../shared/queue/live-worker.ts';
import type { RunCounters } from '../../shared/queue/run-counters.ts';
import { loadBar } from '../terminal/bar.ts';
import type { Terminal } from '../terminal/terminal.ts';

export interface FleetView {
  show(counters: RunCounters, workers: readonly LiveWorker[]): void;
  /** A line for the person watching, which the bar does not overwrite. */
  note(line: string): void;
  stop(): void;
}

interface FleetViewOptions {
  readonly total: RunTotals;
  readonly terminal: Terminal;
}

/** Minimum time between lines when there is no terminal. */
const lineEveryMs = 15_000;
/** The rate is averaged over this long, so that it follows workers that come and go. */
const rateOverMs = 30_000;

/** Shows the progress of a fleet run: a bar on a terminal, otherwise a plain line now and then. */
export async function startFleetProgress({
  total,
  terminal,
}: FleetViewOptions): Promise<FleetView> {
  if (terminal.quiet) return { show() {}, note() {}, stop() {} };
  const pace = new Pace();
  const stream = terminal.progressStream;
  if (!stream.isTTY) {
    let lastMs = Number.NEGATIVE_INFINITY;
    return {
      show(told, workers) {
        const counters = withoutDoubles(told, total);
        pace.add(counters.imagesLive);
        if (performance.now() - lastMs < lineEveryMs) return;
        lastMs = performance.now();
        stream.write(`${fleetWords({ counters, workers, total, pace })}\n`);
      },
      note: (line) => terminal.note(line),
      stop() {},
    };
  }
  const openBar = await loadBar();
  const bar = openBar({ stream, total: total.images, at: 0, words: 'waiting for the fleet' });
  return {
    show(told, workers) {
      const counters = withoutDoubles(told, total);
      pace.add(counters.imagesLive);
      bar.update(counters.imagesLive, fleetWords({ counters, workers, total, pace }));
    },
    note: (line) => terminal.note(line),
    stop: () => bar.stop(),
  };
}

export interface FleetMoment {
  /** Without doubles. */
  readonly counters: RunCounters;
  readonly workers: readonly LiveWorker[];
  readonly total: RunTotals;
  /** Absent for a single look: a rate needs two. */
  readonly pace?: Pace;
}

/** Shards, images per second, time left, failures, workers: in plain words. */
export function fleetWords({ counters, workers, total, pace }: FleetMoment): string {
  const speed = pace ? paceWords(pace, total.images - counters.imagesLive) : [];
  const alive = workers.length === 0 ? 'no worker alive' : counted(workers.length, 'worker');
  return `${countWords(counters, total, speed)}, ${alive}`;
}

/** Shards, images, failures, and what else there is to say between them. */
export function countWords(
  { done, failed, imagesLive, imagesFailed }: RunCounters,
  total: RunTotals,
  between: readonly string[] = [],
): string {
  const parts = [
    `${wholeNumber(done)} of ${counted(total.shards, 'shard')}`,
    `${wholeNumber(imagesLive)} of ${counted(total.images, 'image')}`,
    ...between,
  ];
  if (imagesFailed > 0) parts.push(`${counted(imagesFailed, 'image')} failed`);
  if (failed > 0) parts.push(`${counted(failed, 'shard')} failed`);
  return parts.join(', ');
}

/** Omits the time left when no image is left: the last shards are being stored. */
function paceWords({ perSecond }: Pace, left: number): string[] {
  if (perSecond === undefined) return [];
  const rate = `${perSecond.toFixed(perSecond < 10 ? 1 : 0)} images/s`;
  if (left <= 0) return [rate];
  const time = perSecond > 0 ? formatDuration((left / perSecond) * 1000) : 'unknown';
  return [rate, `${time} left`];
}

/** Images per second over the last half minute. */
export class Pace {
  readonly #points: { atMs: number; images: number }[] = [];

  add(images: number, atMs = performance.now()): void {
    this.#points.push({ atMs, images });
    while ((this.#points[0]?.atMs ?? atMs) < atMs - rateOverMs) this.#points.shift();
  }

  /** `undefined` before the second look. */
  get perSecond(): number | undefined {
    const first = this.#points[0];
    const last = this.#points.at(-1);
    if (!first || !last || last.atMs <= first.atMs) return undefined;
    return Math.max(0, ((last.images - first.images) / (last.atMs - first.atMs)) * 1000);
  }
}
