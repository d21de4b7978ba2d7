import { exitCodes } from '../../shared/errors.ts';
import { endProcess } from '../../shared/host/process-end.ts';
import type { Terminal } from './terminal.ts';

/**
 * Runs a command. The first Ctrl-C (or SIGTERM) aborts its signal, so that it stops in good order. The second one ends the process
 * at once.
 */
export async function interruptible(
  terminal: Terminal,
  command: (signal: AbortSignal) => Promise<number>,
): Promise<number> {
  const controller = new AbortController();
  const onSignal = (): void => {
    if (controller.signal.aborted) {
      endProcess(exitCodes.interrupted);
      return;
    }
    terminal.note('Stopping. Press Ctrl-C again to stop at once.');
    controller.abort();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  try {
    return await command(controller.signal);
  } catch (error) {
    if (controller.signal.aborted) return exitCodes.interrupted;
    throw error;
  } finally {
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  }
}
