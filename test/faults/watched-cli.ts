import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cliPath } from '../support/cli.ts';
import { testFlags } from '../support/test-flags.ts';
import { atExit } from './at-exit.ts';
import { crowding } from './crowding.ts';
import type { Exit } from './kept-process.ts';

export interface WatchedCall {
  /** `hung`: it was killed after the patience. */
  readonly exit: Exit | 'hung';
  /** How long it took; on a machine that does much else, at most its own CPU time, as waiting for others is not its fault. */
  readonly ownMs: number;
  /** The most memory that it held (VmHWM); 0 where there is no /proc. */
  readonly peakMB: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface WatchOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly patienceMs: number;
  /** Called several times a second, with how long it has taken so far. */
  look?(ownMs: number): void;
}

const lookEveryMs = 50;

/** Runs the built command line in a process of its own, to its end or to the end of the patience, and watches its memory and time. */
export function watchCli(args: readonly string[], options: WatchOptions): Promise<WatchedCall> {
  const child = spawn(process.execPath, [...testFlags, cliPath, ...args], {
    env: { ...process.env, NO_COLOR: '1', ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const kill = (): void => void child.kill('SIGKILL');
  const stay = atExit(kill);
  const clock = new OwnClock();
  let [peakMB, hung] = [0, false];
  const looking = setInterval(() => {
    peakMB = Math.max(peakMB, peakOf(child.pid));
    clock.advance(child.pid);
    options.look?.(clock.ownMs);
  }, lookEveryMs);
  const patience = setTimeout(() => {
    hung = true;
    kill();
  }, options.patienceMs);
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
    });
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      clearInterval(looking);
      clearTimeout(patience);
      stay();
      const exit = hung ? 'hung' : (code ?? signal ?? 'SIGKILL');
      resolve({ exit, ownMs: clock.ownMs, peakMB, ...output });
    });
  });
}

/** Goes like any clock on a machine that has cores to spare; on a busy one it stands while the process is kept waiting for a core. */
class OwnClock {
  ownMs = 0;
  #wallMs = performance.now();
  #cpuMs = 0;

  advance(pid: number | undefined): void {
    const [wallMs, cpuMs] = [performance.now(), Math.max(this.#cpuMs, cpuOf(pid))];
    const isBusy = crowding() > 1;
    const passedMs = wallMs - this.#wallMs;
    this.ownMs += isBusy ? Math.min(passedMs, cpuMs - this.#cpuMs) : passedMs;
    this.#wallMs = wallMs;
    this.#cpuMs = cpuMs;
  }
}

function peakOf(pid: number | undefined): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'latin1');
    return Number(/^VmHWM:\s+(\d+)/m.exec(status)?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

/** Of all its threads, in the kernel's hundredths of a second. */
function cpuOf(pid: number | undefined): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) * 10;
  } catch {
    return 0;
  }
}
