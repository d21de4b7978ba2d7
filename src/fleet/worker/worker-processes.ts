import { type ChildProcess, spawn } from 'node:child_process';
import { exitCodes } from '../../shared/errors.ts';
import type { Logger } from '../../shared/telemetry/logger.ts';
import { afterEnd, type ProcessEnd } from './restart-policy.ts';

export interface SupervisedExit extends ProcessEnd {
  readonly device: string;
  /** Absent when it is not restarted. */
  readonly restartInMs?: number;
}

export interface SupervisorClock {
  nowMs(): number;
  /** Calls back after `delayMs`; returns a function that cancels it. */
  after(delayMs: number, callback: () => void): () => void;
}

export interface SuperviseOptions {
  /** One process each, in this order. */
  readonly devices: readonly string[];
  /** Arguments of the command line that make a worker of one device; `index` tells ports apart. */
  argsFor(device: string, index: number): readonly string[];
  readonly logger: Logger;
  /** Of the processes; default: this one's. */
  readonly environment?: NodeJS.ProcessEnv;
  onExit?(exit: SupervisedExit): void;
  /** Starts a process with these arguments; default: this program again. */
  start?(args: readonly string[], environment?: NodeJS.ProcessEnv): ChildProcess;
  /** Where SIGTERM and SIGINT come from; default `process`. */
  readonly signals?: Pick<NodeJS.EventEmitter, 'on' | 'off'>;
  readonly clock?: SupervisorClock;
}

const stopSignals = ['SIGTERM', 'SIGINT'] as const;

/** How long workers have to hand their shards back after the second signal. */
export const abortGraceMs = 10_000;

/**
 * Runs one worker process for each device and restarts those that crash. The first SIGTERM or SIGINT is passed on and lets them stop in good order, the
 * second is passed on and makes them abort; ten seconds later whatever is left is killed. Their output goes to this
 * process's own, unchanged.
 *
 * @returns When all have ended: 0, or the exit code of the first that was not restarted (1 if a signal killed it).
 */
export function superviseWorkers(options: SuperviseOptions): Promise<number> {
  return new Supervisor(options).run();
}

class Supervisor {
  readonly #options: SuperviseOptions;
  readonly #clock: SupervisorClock;
  readonly #children = new Map<number, ChildProcess>();
  /** By index of the device: cancels the pending start. */
  readonly #pending = new Map<number, () => void>();
  #takeBackKill: (() => void) | undefined;
  #signalsSeen = 0;
  #exitCode = 0;
  #finish: (exitCode: number) => void = () => {};

  constructor(options: SuperviseOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  async run(): Promise<number> {
    const { signals = process, devices } = this.#options;
    const handlers = stopSignals.map((signal) => [signal, () => this.#onSignal(signal)] as const);
    for (const [signal, handler] of handlers) signals.on(signal, handler);
    try {
      const ended = new Promise<number>((resolve) => {
        this.#finish = resolve;
      });
      devices.forEach((_, index) => {
        this.#start(index, 0);
      });
      return await ended;
    } finally {
      this.#takeBackKill?.();
      for (const [signal, handler] of handlers) signals.off(signal, handler);
    }
  }

  #start(index: number, rapidCrashes: number): void {
    const { argsFor, start = startAgain, devices, logger } = this.#options;
    const device = devices[index] ?? '';
    const startedMs = this.#clock.nowMs();
    const child = start(argsFor(device, index), this.#options.environment);
    this.#children.set(index, child);
    logger.info({ device, child: child.pid }, 'worker process started');
    let over = false;
    const onEnd = (code: number | null, signal: NodeJS.Signals | null): void => {
      if (over) return;
      over = true;
      this.#children.delete(index);
      const livedMs = this.#clock.nowMs() - startedMs;
      this.#onEnd(index, { code, signal, livedMs }, rapidCrashes);
      if (this.#children.size === 0 && this.#pending.size === 0) this.#finish(this.#exitCode);
    };
    child.once('exit', onEnd);
    // It could not start at all: no exit follows.
    child.once('error', () => {
      if (child.pid === undefined) onEnd(exitCodes.fault, null);
    });
  }

  #onEnd(index: number, end: ProcessEnd, rapidCrashes: number): void {
    const { devices, logger, onExit } = this.#options;
    const device = devices[index] ?? '';
    const next = afterEnd(end, rapidCrashes);
    const restarts = next.action === 'restart' && this.#signalsSeen === 0;
    onExit?.({ device, ...end, ...(restarts && { restartInMs: next.delayMs }) });
    const scope = { device, code: end.code, signal: end.signal };
    if (restarts) {
      logger.warn({ ...scope, restartInMs: next.delayMs }, 'worker process crashed');
      const takeBack = this.#clock.after(next.delayMs, () => {
        this.#pending.delete(index);
        this.#start(index, next.rapidCrashes);
      });
      this.#pending.set(index, takeBack);
    } else if (next.action === 'leave' || this.#wasToldTo(end)) {
      logger.info(scope, 'worker process ended');
    } else {
      if (this.#exitCode === 0) this.#exitCode = end.code ?? exitCodes.fault;
      const why = next.action === 'give-up' ? next.sentence : 'it did not end in good order.';
      logger.error(scope, `The worker on ${device} is not restarted: ${why}`);
    }
  }

  /** A worker that had no time yet to handle the signal that was passed on: it had no shard either. */
  #wasToldTo({ signal }: ProcessEnd): boolean {
    return this.#signalsSeen > 0 && stopSignals.some((stop) => stop === signal);
  }

  #onSignal(signal: NodeJS.Signals): void {
    this.#signalsSeen++;
    for (const takeBack of this.#pending.values()) takeBack();
    this.#pending.clear();
    this.#send(signal);
    if (this.#signalsSeen > 1) {
      this.#takeBackKill ??= this.#clock.after(abortGraceMs, () => this.#send('SIGKILL'));
    }
    if (this.#children.size === 0) this.#finish(this.#exitCode);
  }

  #send(signal: NodeJS.Signals): void {
    for (const child of this.#children.values()) child.kill(signal);
  }
}

/**
 * This program with other arguments. In a process group of its own: a terminal sends Ctrl-C to the whole group, and with the one that is passed on it would
 * count as the second. The channel tells it when this process is gone (`whenParentGone`).
 */
function startAgain(args: readonly string[], environment?: NodeJS.ProcessEnv): ChildProcess {
  const script = process.argv[1] ?? '';
  return spawn(process.execPath, [...process.execArgv, script, ...args], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    detached: true,
    env: environment,
  });
}

const systemClock: SupervisorClock = {
  nowMs: () => performance.now(),
  after: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};
