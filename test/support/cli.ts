import { type ChildProcess, spawn } from 'node:child_process';
import { after } from 'node:test';
import { cliPath } from './program-path.ts';
import { testFlags } from './test-flags.ts';
import { runWarm } from './warm-cli.ts';

export interface CliResult {
  /** Exit code; `null` when a signal ended the process. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  readonly cwd?: string;
  /** Added to this process's environment; `undefined` takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export interface RunningCli {
  readonly process: ChildProcess;
  readonly result: Promise<CliResult>;
  kill(signal: NodeJS.Signals): void;
  /**
   * The first line, on stdout or stderr, that matches, be it printed already or not yet.
   *
   * @throws Error with all output when the process ends without such a line.
   */
  line(pattern: RegExp): Promise<string>;
}

export { cliPath };

/**
 * Runs the built command line to its end, without a terminal, in a process that may have run it before; `startCli(args).result` is for what
 * only a new process shows: a crash, or what Node and libraries read of the environment when they are loaded.
 */
export function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  return runWarm(args, options);
}

/** Starts the built command line, without a terminal. What still runs when the test ends, however it ends, is killed. */
export function startCli(args: readonly string[], options: CliOptions = {}): RunningCli {
  const child = spawn(process.execPath, [...testFlags, cliPath, ...args], {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  after(() => child.kill('SIGKILL'));
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
    });
  }
  const result = new Promise<CliResult>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, ...output }));
  });
  return {
    process: child,
    result,
    kill: (signal) => void child.kill(signal),
    line: (pattern) => waitForLine(child, result, output, pattern),
  };
}

async function waitForLine(
  child: ChildProcess,
  ended: Promise<CliResult>,
  output: Readonly<{ stdout: string; stderr: string }>,
  pattern: RegExp,
): Promise<string> {
  const find = (): string | undefined =>
    [output.stdout, output.stderr]
      .flatMap((text) => text.split('\n').slice(0, -1))
      .find((line) => pattern.test(line));
  const streams = [child.stdout, child.stderr];
  const printed = new Promise<string>((resolve) => {
    const look = (): void => {
      const line = find();
      if (line !== undefined) resolve(line);
    };
    for (const stream of streams) stream?.on('data', look);
    look();
  });
  const failed = ended.then(({ stdout, stderr }) => {
    const line = find();
    if (line !== undefined) return line;
    throw new Error(`The process ended without a line like ${pattern}:\n${stdout}\n${stderr}`);
  });
  return Promise.race([printed, failed]);
}
