import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';

/** A process that keeps audits by a clock of ours. */
export interface ClockedCoordinator {
  /** Sets its clock. */
  at(time: Date): void;
  /** Ends it as a machine ends that loses its power. */
  kill(): Promise<void>;
  /** Resolves when it has logged such a line. */
  said(pattern: RegExp): Promise<void>;
  /** Rejects, with what it logged, when it ended by itself. */
  readonly ended: Promise<never>;
}

export interface ClockedCoordinatorOptions {
  /** Of Redis. */
  readonly url: string;
  /** URI of the home of the audits. */
  readonly home: string;
  readonly now: Date;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Starts a coordinator whose time stands still between calls of `at`. It ends with the test or file that started it. */
export function startClockedCoordinator({
  url,
  home,
  now,
  env,
}: ClockedCoordinatorOptions): ClockedCoordinator {
  const program = fileURLToPath(new URL('clocked-coordinator-program.js', import.meta.url));
  const child = fork(program, [url, home, now.toISOString()], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  after(() => child.kill('SIGKILL'));
  let log = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    log += text;
  });
  let killed = false;
  const ended = new Promise<never>((_, reject) => {
    child.once('close', () => {
      if (!killed) reject(new Error(`The coordinator ended:\n${log}`));
    });
  });
  // Looked at only while something is waited for.
  ended.catch(() => {});
  const said = (pattern: RegExp): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (pattern.test(log)) resolve();
      };
      child.stderr?.on('data', look);
      look();
    });
  return {
    ended,
    said: (pattern) => Promise.race([said(pattern), ended]),
    at: (time) => void child.send(time.toISOString()),
    kill: async () => {
      killed = true;
      await killHard(child);
    },
  };
}

async function killHard(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}
