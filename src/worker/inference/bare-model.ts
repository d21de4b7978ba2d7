import { Worker } from 'node:worker_threads';
import { turnRuntimeTelemetryOff } from '../../model/runtime/runtime-telemetry.ts';
import { EigenfleetError, messageOf } from '../../shared/errors.ts';
import type { BareSetup, BareTask } from './bare-setup.ts';

/** The untouched model in sessions that compute at the same time. */
export interface BareModel {
  /** Images per second, over at least so many images. */
  rate(images: number): Promise<number>;
  close(): Promise<void>;
}

/** @throws EigenfleetError `device` where the model cannot be loaded on the device. */
export async function openBareModel(setup: BareSetup, sessions: number): Promise<BareModel> {
  turnRuntimeTelemetryOff();
  const threads = Array.from(
    { length: sessions },
    () => new Worker(new URL('./bare-thread.js', import.meta.url), { workerData: setup }),
  );
  const close = async () => void (await Promise.all(threads.map((thread) => thread.terminate())));
  try {
    await Promise.all(threads.map(told));
  } catch (cause) {
    await close();
    const words = `The model cannot be loaded on ${setup.device}: ${messageOf(cause)}`;
    throw new EigenfleetError('device', words, { cause });
  }
  const batch = setup.dims[0] ?? 1;
  return {
    close,
    rate: async (images) => {
      const calls = Math.max(1, Math.ceil(images / (batch * sessions)));
      const startedMs = performance.now();
      await Promise.all(
        threads.map((thread) => {
          const done = told(thread);
          thread.postMessage({ calls } satisfies BareTask);
          return done;
        }),
      );
      return ((calls * batch * sessions) / (performance.now() - startedMs)) * 1000;
    },
  };
}

function told(thread: Worker): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (end: () => void) => {
      thread.off('message', onMessage).off('error', onError);
      end();
    };
    const onMessage = () => settle(resolve);
    const onError = (error: Error) => settle(() => reject(error));
    thread.on('message', onMessage).on('error', onError);
  });
}
