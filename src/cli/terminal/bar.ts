import type { SingleBar } from 'cli-progress';
import { beforeProcessEnds } from '../../shared/host/process-end.ts';

export interface BarOptions {
  readonly stream: NodeJS.WriteStream;
  readonly total: number;
  /** Where it begins. */
  readonly at: number;
  readonly words: string;
}

/** A progress bar on a terminal. Only one exists at a time. */
export interface Bar {
  update(at: number, words: string): void;
  /** Erases it and restores the cursor and line wrapping. */
  stop(): void;
}

let drawn: { erase(): void; draw(): void } | undefined;

/** Loads what draws bars, for those who need one. */
export async function loadBar(): Promise<(options: BarOptions) => Bar> {
  const { default: cliProgress } = await import('cli-progress');
  return (options) => openBar(cliProgress.SingleBar, options);
}

/** Draws a bar that disappears when the process ends early. */
function openBar(Drawn: typeof SingleBar, { stream, total, at, words }: BarOptions): Bar {
  const bar = new Drawn({
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

/** Writes permanent output to the terminal: above the bar, if there is one. */
export function aboveBar(write: () => void): void {
  const bar = drawn;
  bar?.erase();
  write();
  // The write may have stopped it.
  if (bar === drawn) bar?.draw();
}
