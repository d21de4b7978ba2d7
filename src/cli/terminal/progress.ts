import { openBar } from './bar.ts';
import { formatDuration } from './duration.ts';

export interface ProgressOptions {
  /** Images of the run. */
  readonly total: number;
  /** Images already done by an earlier start of the same run. */
  readonly alreadyDone: number;
  /** Where it is drawn: stderr, so that stdout stays clean for results. */
  readonly stream: NodeJS.WriteStream;
  readonly quiet: boolean;
}

/** Shows how far a run is: a bar with rate and time left on a terminal, a plain line every tenth elsewhere. */
export interface Progress {
  /** One more image is through. */
  sample(failed: boolean): void;
  /** Images of a shard given up half-way count as not done. */
  stop(): void;
}

export async function startProgress(options: ProgressOptions): Promise<Progress> {
  if (options.quiet) return { sample() {}, stop() {} };
  return options.stream.isTTY ? startBar(options) : startLines(options);
}

interface Pace {
  done: number;
  failed: number;
  readonly startedMs: number;
}

function paceWords(pace: Pace, { total, alreadyDone }: ProgressOptions): string {
  const seconds = (performance.now() - pace.startedMs) / 1000;
  const rate = (pace.done - alreadyDone) / Math.max(seconds, 1e-3);
  const left = rate > 0 ? formatDuration(((total - pace.done) / rate) * 1000) : 'unknown';
  const failures = pace.failed > 0 ? `, ${pace.failed} failed` : '';
  return `${pace.done} of ${total} images, ${rate.toFixed(rate < 10 ? 1 : 0)} images/s, ${left} left${failures}`;
}

async function startBar(options: ProgressOptions): Promise<Progress> {
  const pace: Pace = { done: options.alreadyDone, failed: 0, startedMs: performance.now() };
  const { stream, total, alreadyDone } = options;
  const bar = await openBar({ stream, total, at: alreadyDone, words: 'starting' });
  return {
    sample(failed) {
      pace.done += 1;
      if (failed) pace.failed += 1;
      bar.update(pace.done, paceWords(pace, options));
    },
    stop() {
      bar.stop();
    },
  };
}

function startLines(options: ProgressOptions): Progress {
  const pace: Pace = { done: options.alreadyDone, failed: 0, startedMs: performance.now() };
  const step = Math.max(1, Math.ceil(options.total / 10));
  return {
    sample(failed) {
      pace.done += 1;
      if (failed) pace.failed += 1;
      if (pace.done % step === 0 || pace.done === options.total) {
        options.stream.write(`${paceWords(pace, options)}\n`);
      }
    },
    stop() {},
  };
}
