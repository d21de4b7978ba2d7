import { startHttp } from '../../shared/host/http-server.ts';
import type { Logger } from '../../shared/telemetry/logger.ts';
import { watchEventLoop } from './event-loop-lag.ts';
import { probeRoutes } from './probe-routes.ts';
import { type WorkerProbeOptions, workerProbes } from './worker-probes.ts';

/** The sources of a service; the watch of its event loop is added here. */
export type ProbeFacts = Omit<WorkerProbeOptions, 'eventLoop'>;

/** Where a service answers. */
export interface ServedAt {
  /** Nothing is served without one; 0 picks a free one. */
  readonly httpPort?: number | undefined;
  /** The address that it binds to. */
  readonly httpHost: string;
  /** Names that it answers to, beside addresses and private names. */
  readonly allowHost?: readonly string[] | undefined;
}

export interface ServeProbesOptions {
  readonly at: ServedAt;
  readonly facts: ProbeFacts;
  readonly logger: Logger;
}

export interface ServedProbes {
  close(): Promise<void>;
}

/**
 * Serves `/metrics`, `/healthz` and `/readyz` of a service, if it was given a port.
 *
 * @throws EigenfleetError `usage` when the port is taken or may not be used.
 */
export async function serveProbes({
  at: { httpPort, httpHost, allowHost: allowedHosts = [] },
  facts,
  logger,
}: ServeProbesOptions): Promise<ServedProbes> {
  if (httpPort === undefined) return { close: async () => {} };
  const eventLoop = watchEventLoop();
  const handler = probeRoutes(workerProbes({ ...facts, eventLoop }));
  try {
    const server = await startHttp({ host: httpHost, port: httpPort, handler, allowedHosts });
    logger.info({ url: server.url }, 'serving /metrics, /healthz and /readyz');
    return {
      close: async () => {
        await server.close();
        eventLoop.stop();
      },
    };
  } catch (error) {
    eventLoop.stop();
    throw error;
  }
}
