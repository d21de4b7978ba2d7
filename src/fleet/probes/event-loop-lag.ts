import { monitorEventLoopDelay } from 'node:perf_hooks';

/** How often the loop is looked at; a delay is known to this many milliseconds. */
const resolutionMs = 20;

export interface EventLoopLag {
  /** The longest hold-up since the last call, in milliseconds. */
  take(): number;
  stop(): void;
}

/** Watches how long the event loop of this process is held up. Does not keep the process alive. */
export function watchEventLoop(): EventLoopLag {
  const delays = monitorEventLoopDelay({ resolution: resolutionMs });
  delays.enable();
  return {
    take: () => {
      const lagMs = Math.max(0, delays.max / 1e6 - resolutionMs);
      delays.reset();
      return lagMs;
    },
    stop: () => {
      delays.disable();
    },
  };
}
