import { monitorEventLoopDelay } from 'node:perf_hooks';

/** How often the loop is sampled; the resolution of a delay in milliseconds. */
const resolutionMs = 20;

export interface EventLoopLag {
  /** Returns the longest delay since the last call, in milliseconds. */
  take(): number;
  stop(): void;
}

/** Watches how long the event loop of this process is blocked. Does not keep the process alive. */
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
