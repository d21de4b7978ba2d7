import type { RunProgress } from '../../local/run-progress.ts';
import { formatDuration } from '../../shared/host/format-duration.ts';
import { type Bar, loadBar } from './bar.ts';

export interface ProgressOptions {
  /** Where to draw: stderr, so that stdout stays clean for results. */
  readonly stream: NodeJS.WriteStream;
  readonly quiet: boolean;
}

/** Shows how far a run is: a bar with rate and time left on a terminal, a plain line every tenth elsewhere. */
export interface ProgressView {
  /** Begins with the first. */
  show(progress: RunProgress): void;
  stop(): void;
}

export async function openProgress({ stream, quiet }: ProgressOptions): Promise<ProgressView> {
  if (quiet) return { show() {}, stop() {} };
  return stream.isTTY ? openBarView(stream) : openLineView(stream);
}

async function openBarView(stream: NodeJS.WriteStream): Promise<ProgressView> {
  const openBar = await loadBar();
  let bar: Bar | undefined;
  let startedMs = 0;
  return {
    show(progress) {
      const { total, done } = progress;
      if (bar !== undefined) return bar.update(done, paceWords(progress, startedMs));
      startedMs = performance.now();
      bar = openBar({ stream, total, at: done, words: 'starting' });
    },
    stop: () => bar?.stop(),
  };
}

function openLineView(stream: NodeJS.WriteStream): ProgressView {
  let startedMs: number | undefined;
  return {
    show(progress) {
      const { total, done } = progress;
      if (startedMs === undefined) {
        startedMs = performance.now();
        return;
      }
      const step = Math.max(1, Math.ceil(total / 10));
      if (done % step === 0 || done === total) stream.write(`${paceWords(progress, startedMs)}\n`);
    },
    stop() {},
  };
}

function paceWords({ total, done, failed, doneBefore }: RunProgress, startedMs: number): string {
  const seconds = (performance.now() - startedMs) / 1000;
  const rate = (done - doneBefore) / Math.max(seconds, 1e-3);
  const left = rate > 0 ? formatDuration(((total - done) / rate) * 1000) : 'unknown';
  const failures = failed > 0 ? `, ${failed} failed` : '';
  return `${done} of ${total} images, ${rate.toFixed(rate < 10 ? 1 : 0)} images/s, ${left} left${failures}`;
}
