import { whenParentGone } from './parent-watch.ts';

export interface Stoppable {
  /** Stops in good order. */
  stop(): Promise<void>;
  /** Aborts the stop. */
  abort(): void;
  /** How long an orderly stop may take. */
  readonly graceMs: number;
  /** Ends the process at once: what it waits for may never come. */
  leave(): void;
  /** Where SIGTERM and SIGINT come from; default `process`. */
  readonly signals?: Pick<NodeJS.EventEmitter, 'on'>;
}

/**
 * How long a service may take to hand back its jobs, after its grace time or the second signal. Less than a supervisor waits
 * after that (`abortGraceMs`), and with the usual 20 s of grace less than the 30 s that containers are given.
 */
export const lastMs = 5_000;

/** The default. */
export const usualGraceMs = 20_000;

/**
 * Waits for SIGTERM or SIGINT, then stops; a second signal aborts. The end of the supervisor that started this process counts as a signal: nobody
 * would restart or stop it any longer. Resolves when everything has stopped; a service that does not stop in time exits: five seconds after
 * the grace time or the second signal, and at once at the next signal.
 */
export async function untilStopped(service: Stoppable): Promise<void> {
  const { stop, abort, graceMs, leave, signals = process } = service;
  let signalsSeen = 0;
  let late = false;
  await new Promise<void>((resolve, reject) => {
    const onSignal = (): void => {
      signalsSeen += 1;
      if (signalsSeen === 1) {
        after(graceMs, () => {
          late = true;
          after(lastMs, leave);
        });
        stop().then(resolve, reject);
      } else if (signalsSeen > 2 || late) leave();
      else {
        after(lastMs, leave);
        abort();
      }
    };
    signals.on('SIGTERM', onSignal);
    signals.on('SIGINT', onSignal);
    whenParentGone(onSignal);
  });
}

/** Does not keep a finished process alive. */
function after(delayMs: number, callback: () => void): void {
  setTimeout(callback, delayMs).unref();
}
