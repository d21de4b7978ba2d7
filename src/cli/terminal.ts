import pc from 'picocolors';

/** Where a command writes: results to stdout, everything else (progress, notes) to stderr. */
export interface Terminal {
  /** A line of the command's result. */
  print(line?: string): void;
  /** A line for the person watching; nothing in quiet mode. */
  note(line: string): void;
  warn(line: string): void;
  readonly colours: ReturnType<typeof pc.createColors>;
  readonly progressStream: NodeJS.WriteStream;
  readonly quiet: boolean;
}

export interface TerminalOptions {
  readonly quiet?: boolean;
  /** Results are JSON: notes still go to stderr, colours are off. */
  readonly json?: boolean;
}

/** Colours only on a terminal, and not where NO_COLOR or a dumb terminal says otherwise (picocolors reads both). */
export function openTerminal({ quiet = false, json = false }: TerminalOptions = {}): Terminal {
  const coloured = process.stdout.isTTY === true && pc.isColorSupported && !json;
  const notes = pc.createColors(process.stderr.isTTY === true && pc.isColorSupported);
  return {
    print: (line = '') => {
      process.stdout.write(`${line}\n`);
    },
    note: (line) => {
      if (!quiet) process.stderr.write(`${line}\n`);
    },
    warn: (line) => {
      process.stderr.write(`${notes.yellow('warning:')} ${line}\n`);
    },
    colours: pc.createColors(coloured),
    progressStream: process.stderr,
    quiet,
  };
}
