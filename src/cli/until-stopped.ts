import { whenParentGone } from './parent-watch.ts';

export interface Stoppable {
  /** Comes to an end in good order. */
  stop(): Promise<void>;
  /** Cuts the coming to an end short. */
  abort(): void;
}

/**
 * Waits for SIGTERM or SIGINT, then stops; a second signal aborts. The end of a supervisor that started this process counts as a signal: nobody
 * would restart or stop it any more. Resolves when everything has come to its end.
 */
export async function untilStopped({ stop, abort }: Stoppable): Promise<void> {
  let stopping: Promise<void> | undefined;
  await new Promise<void>((resolve, reject) => {
    const onSignal = (): void => {
      if (stopping === undefined) {
        stopping = stop();
        stopping.then(resolve, reject);
      } else abort();
    };
    process.on('SIGTERM', onSignal);
    process.on('SIGINT', onSignal);
    whenParentGone(onSignal);
  });
}
