import { CommanderError } from 'commander';
import { EigenfleetError, exitCodes, messageOf } from '../shared/errors.ts';
import { redactCredentials } from '../shared/redact-credentials.ts';
import { safeText } from '../shared/safe-text.ts';
import { StorageUnavailableError } from '../shared/storage-unavailable.ts';
import { coloursOf } from './colours.ts';

/** Prints a failure as one sentence and gives the exit code; a stack trace only for a fault of our own, and only on request. */
export function reportFailure(error: unknown): number {
  const { red } = coloursOf(process.stderr);
  // Commander has printed its own message by now; help and version are no failures.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitCodes.usage;
  if (error instanceof EigenfleetError) {
    process.stderr.write(`${red('error:')} ${withoutControls(error.message)}\n`);
    return error.exitCode;
  }
  if (error instanceof StorageUnavailableError) {
    process.stderr.write(`${red('error:')} ${safeText(error.message)}\n`);
    return exitCodes.storage;
  }
  process.stderr.write(`${red('error:')} unexpected fault: ${safeText(messageOf(error))}\n`);
  if (process.env.EIGENFLEET_DEBUG && error instanceof Error) {
    process.stderr.write(`${redactCredentials(String(error.stack))}\n`);
  } else {
    process.stderr.write(
      'Set EIGENFLEET_DEBUG=1 to see where it happened, and please report it.\n',
    );
  }
  return 1;
}

/** File names are data: their control characters would reach the terminal. */
function withoutControls(message: string): string {
  return message.replaceAll(/(?!\n)\p{Cc}/gu, '\u{fffd}');
}
