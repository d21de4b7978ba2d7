import { CommanderError } from 'commander';
import { EigenfleetError, exitCodes, messageOf } from '../../shared/errors.ts';
import { StorageUnavailableError } from '../../shared/host/storage-unavailable.ts';
import { safeText } from '../../shared/redaction/safe-text.ts';
import { colorsOf } from './colors.ts';
import { screenText } from './screen-text.ts';

/** Libraries put whole documents into their messages. */
const faultLength = 600;

/** Prints a failure as one sentence and returns the exit code; prints a stack trace only for our own faults, and only on request. */
export function reportFailure(error: unknown): number {
  const { red } = colorsOf(process.stderr);
  // Commander has printed its own message by now; help and version are not failures.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitCodes.usage;
  if (error instanceof EigenfleetError) {
    say(`${red('error:')} ${error.message}`);
    return error.exitCode;
  }
  if (error instanceof StorageUnavailableError) {
    say(`${red('error:')} ${safeText(error.message)}`);
    return exitCodes.storage;
  }
  say(`${red('error:')} unexpected fault: ${safeText(messageOf(error), faultLength)}`);
  if (process.env.EIGENFLEET_DEBUG && error instanceof Error) {
    say(String(error.stack));
  } else {
    say('Please report it: EIGENFLEET_DEBUG=1 shows where it happened.');
  }
  return exitCodes.fault;
}

function say(text: string): void {
  process.stderr.write(`${screenText(text)}\n`);
}
