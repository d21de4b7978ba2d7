import pc from 'picocolors';
import { redactCredentials } from '../shared/redact-credentials.ts';
import { aboveBar } from './bar.ts';
import { type Colours, coloursOf, showsColours } from './colours.ts';

/** Where a command writes: results to stdout, everything else (progress, notes) to stderr; credentials to neither. */
export interface Terminal {
  /** A line of the command's result. */
  print(line?: string): void;
  /** A line for the person watching; nothing in quiet mode. */
  note(line: string): void;
  warn(line: string): void;
  readonly colours: Colours;
  readonly progressStream: NodeJS.WriteStream;
  readonly quiet: boolean;
}

export interface TerminalOptions {
  readonly quiet?: boolean;
  /** Results are JSON: notes still go to stderr, colours are off. */
  readonly json?: boolean;
}

export function openTerminal({ quiet = false, json = false }: TerminalOptions = {}): Terminal {
  const notes = coloursOf(process.stderr);
  return {
    print: (line = '') => {
      process.stdout.write(`${redactCredentials(line)}\n`);
    },
    note: (line) => {
      if (!quiet) aboveBar(() => process.stderr.write(`${redactCredentials(line)}\n`));
    },
    warn: (line) => {
      const text = redactCredentials(line);
      aboveBar(() => process.stderr.write(`${notes.yellow('warning:')} ${text}\n`));
    },
    colours: pc.createColors(showsColours(process.stdout) && !json),
    progressStream: process.stderr,
    quiet,
  };
}
