import { aboveBar } from './bar.ts';
import { type Colors, colorsOf, noColors } from './colors.ts';
import { screenJson, screenText } from './screen-text.ts';

/** Where a command writes: results to stdout, everything else (progress, notes) to stderr; all of it through `screenText`. */
export interface Terminal {
  /** A line of the command's result. */
  print(line?: string): void;
  /** A line for the person watching; nothing in quiet mode. */
  note(line: string): void;
  warn(line: string): void;
  readonly colors: Colors;
  readonly progressStream: NodeJS.WriteStream;
  readonly quiet: boolean;
}

export interface TerminalOptions {
  readonly quiet?: boolean;
  /** Results are JSON: notes still go to stderr, colors are off. */
  readonly json?: boolean;
}

export function openTerminal({ quiet = false, json = false }: TerminalOptions = {}): Terminal {
  const notes = colorsOf(process.stderr);
  return {
    print: (line = '') => {
      process.stdout.write(`${json ? screenJson(line) : screenText(line)}\n`);
    },
    note: (line) => {
      if (!quiet) aboveBar(() => process.stderr.write(`${screenText(line)}\n`));
    },
    warn: (line) => {
      const text = screenText(`${notes.yellow('warning:')} ${line}`);
      aboveBar(() => process.stderr.write(`${text}\n`));
    },
    colors: json ? noColors : colorsOf(process.stdout),
    progressStream: process.stderr,
    quiet,
  };
}
