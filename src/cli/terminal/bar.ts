import { beforeProcessEnds } from '../../shared/host/process-end.ts';

export interface BarOptions {
  readonly stream: NodeJS.WriteStream;
  readonly total: number;
  /** Where it begins. */
  readonly at: number;
  readonly words: string;
}

/** A progress bar on a terminal. There is one at a time. */
export interface Bar {
  update(at: number, words: string): void;
  /** Erases it; the terminal has its cursor and its wrapping back. */
  stop(): void;
}

let drawn: { erase(): void; draw(): void } | undefined;

/** Draws a bar that goes away by itself when the process ends early. */
export async function openBar({ stream, total, at, words }: BarOptions): Promise<Bar> {
  const { default: cliProgress } = await import('cli-progress');
  const bar = new cliProgress.SingleBar({
    ...{ stream, format: '  {bar} {percentage} %  {words}', barsize: 24, fps: 8 },
    ...{ barCompleteChar: '━', barIncompleteChar: '─' },
    ...{ hideCursor: true, clearOnComplete: true, gracefulExit: false },
  });
  let shown = { at, words };
  const draw = (): void => bar.start(total, shown.at, { words: shown.words });
  const own = { draw, erase: () => bar.stop() };
  const stop = (): void => {
    if (drawn !== own) return;
    drawn = undefined;
    bar.stop();
  };
  drawn = own;
  draw();
  const forget = beforeProcessEnds(stop);
  return {
    update(newAt, newWords) {
      shown = { at: newAt, words: newWords };
      bar.update(newAt, { words: newWords });
    },
    stop() {
      forget();
      stop();
    },
  };
}

/** Writes something to the terminal that is to stay: above the bar, if there is one. */
export function aboveBar(write: () => void): void {
  const bar = drawn;
  bar?.erase();
  write();
  // What was written may have stopped it.
  if (bar === drawn) bar?.draw();
}
