import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { cliPath } from '../support/cli.ts';
import { testFlags } from '../support/test-flags.ts';
import { atExit } from './at-exit.ts';

export interface KeptOptions {
  readonly name: string;
  /** Of the command line. */
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Both streams are added to this file. */
  readonly logPath: string;
}

/** An exit code, or the signal that ended it. */
export type Exit = number | NodeJS.Signals;

/** A service that is started again a second after it ends, as a container's runtime does, until it is asked to stop. */
export class KeptProcess {
  readonly name: string;
  /** How it ended before it was asked to stop. */
  readonly exits: Exit[] = [];
  readonly #options: KeptOptions;
  #process: ChildProcess | undefined;
  #wanted = true;

  constructor(options: KeptOptions) {
    this.#options = options;
    this.name = options.name;
  }

  start(): void {
    const { args, env, logPath } = this.#options;
    const child = spawnCli(args, { env, logPath });
    this.#process = child;
    child.once('exit', (code, signal) => {
      if (!this.#wanted) return;
      this.exits.push(code ?? signal ?? 'SIGKILL');
      setTimeout(() => this.#wanted && this.start(), 1000);
    });
  }

  /** To the process of now. */
  signal(signal: NodeJS.Signals): void {
    this.#process?.kill(signal);
  }

  /** What `signal` is sent to now, for a fault that wakes what it stopped and nothing else. */
  get now(): ChildProcess | undefined {
    return this.#process;
  }

  /** Asks it to stop in good order; resolves to how it ended, or to `hung` when it had to be killed. */
  async stop(patienceMs: number): Promise<Exit | 'hung'> {
    this.#wanted = false;
    const child = this.#process;
    if (child === undefined) return 0;
    const ended = exitOf(child);
    child.kill('SIGCONT');
    child.kill('SIGTERM');
    const patience = new AbortController();
    const late = pause(patienceMs, 'hung' as const, { signal: patience.signal });
    const exit = await Promise.race([ended, late.catch(() => 'hung' as const)]);
    patience.abort();
    if (exit === 'hung') child.kill('SIGKILL');
    await ended;
    return exit;
  }
}

/** The built command line in a process of its own, whose output goes to a file. It ends with this process. */
export function spawnCli(
  args: readonly string[],
  { env, logPath }: Pick<KeptOptions, 'env' | 'logPath'>,
): ChildProcess {
  const log = openSync(logPath, 'a');
  try {
    const child = spawn(process.execPath, [...testFlags, cliPath, ...args], {
      env,
      stdio: ['ignore', log, log],
    });
    child.once(
      'exit',
      atExit(() => void child.kill('SIGKILL')),
    );
    return child;
  } finally {
    closeSync(log);
  }
}

export async function exitOf(child: ChildProcess): Promise<Exit> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return child.exitCode ?? child.signalCode ?? 'SIGKILL';
}
