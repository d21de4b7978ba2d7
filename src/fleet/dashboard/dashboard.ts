import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { ExpressAdapter } from '@bull-board/express';
import type { Queue } from 'bullmq';
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import { EigenfleetError } from '../../shared/errors.ts';
import { type HttpServer, localHost, startHttp } from '../../shared/host/http-server.ts';
import type { Logger } from '../../shared/telemetry/logger.ts';
import { refusalOf } from './dashboard-guard.ts';
import { dashboardPage, dashboardPolicy, type RunList } from './dashboard-page.ts';

export interface DashboardOptions {
  /** They stay the caller's, as does their connection. */
  readonly queues: readonly Queue[];
  listRuns(): Promise<RunList>;
  /** The bytes of a run's report.html; `undefined` when there is none. `out`: which of the results folders. */
  readReport(runId: string, out: number): Promise<Uint8Array | undefined>;
  /** The bytes of an audit's trend.html; `undefined` when there is none. */
  readTrend?(audit: string): Promise<Uint8Array | undefined>;
  /** What makes Redis unusable: the queues are not shown then. */
  redisFault?(): string | undefined;
  readonly logger: Logger;
  /** 127.0.0.1 by default: the dashboard has no authentication. */
  readonly host?: string;
  readonly allowedHosts?: readonly string[];
  readonly port: number;
  /** Read-only: nothing can be retried, paused or removed. */
  readonly readOnly: boolean;
}

/**
 * What bull-board's pages may load: their own files. They ask a font from another host, which is refused; the browser's own takes its
 * place.
 */
const queuesPolicy =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

/**
 * A report is a file that somebody wrote to the storage: its script may run, but as a page without an origin, so that it cannot reach the queues
 * beside it.
 */
const reportPolicy =
  "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'; frame-ancestors 'none'; sandbox allow-scripts allow-popups";

const uiConfig = {
  boardTitle: 'eigenfleet',
  miscLinks: [{ text: 'Runs', url: '/' }],
  hideDocsLink: true,
};

/**
 * Serves the list of runs at `/`, their reports, and bull-board at `/queues/`.
 *
 * @throws EigenfleetError `usage` when the address is unavailable.
 */
export function startDashboard(options: DashboardOptions): Promise<HttpServer> {
  const { host = localHost, port, allowedHosts = [] } = options;
  return startHttp({ host, port, allowedHosts, handler: dashboardApp(options) });
}

function dashboardApp(options: DashboardOptions): Express {
  const { queues, readOnly, logger } = options;
  const app = express();
  app.disable('x-powered-by');
  app.use(guard(readOnly));
  app.get('/', async (_request, response) => {
    const page = dashboardPage(await options.listRuns());
    response.set('content-security-policy', dashboardPolicy);
    response.type('html').send(page);
  });
  app.get('/runs/:runId/report.html', async (request, response) => {
    const bytes = await options.readReport(request.params.runId, Number(request.query.out ?? 0));
    if (bytes === undefined) {
      response.status(404).type('text').send('This run has no report yet.\n');
      return;
    }
    response.set('content-security-policy', reportPolicy);
    response.type('html').send(Buffer.from(bytes));
  });
  app.get('/audits/:name/trend.html', async (request, response) => {
    const bytes = await options.readTrend?.(request.params.name);
    if (bytes === undefined) {
      response.status(404).type('text').send('This audit has no page yet.\n');
      return;
    }
    response.set('content-security-policy', reportPolicy);
    response.type('html').send(Buffer.from(bytes));
  });
  app.use('/queues/api', (_request, response, next) => {
    const fault = options.redisFault?.();
    if (fault === undefined) next();
    else response.status(503).json({ error: `${fault}.` });
  });
  app.use('/queues', queueBoard(queues, readOnly));
  app.use((_request, response) => {
    response.status(404).type('text').send('Nothing here; see / and /queues/.\n');
  });
  app.use(reportFault(logger));
  return app;
}

function guard(readOnly: boolean): RequestHandler {
  return (request, response, next) => {
    const { host, origin } = request.headers;
    const fetchSite = request.get('sec-fetch-site');
    response.set({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    });
    const refusal = refusalOf({ method: request.method, host, origin, fetchSite }, { readOnly });
    if (refusal === undefined) next();
    else response.status(refusal.status).type('text').send(`${refusal.sentence}\n`);
  };
}

function queueBoard(queues: readonly Queue[], readOnly: boolean): RequestHandler {
  const serverAdapter = new ExpressAdapter().setBasePath('/queues');
  createBullBoard({
    queues: queues.map((queue) => new BullMQAdapter(queue, { readOnlyMode: readOnly })),
    serverAdapter,
    options: { uiConfig },
  });
  const board: RequestHandler = serverAdapter.getRouter();
  return (request, response, next) => {
    response.set('content-security-policy', queuesPolicy);
    board(request, response, next);
  };
}

/** A fault becomes a sentence for the reader and a line in the log; no stack leaves the process. */
function reportFault(logger: Logger): ErrorRequestHandler {
  return (error: unknown, request, response, _next) => {
    const status = statusOf(error);
    if (status >= 500) logger.error({ err: error, path: request.path }, 'page failed');
    const sentence =
      error instanceof EigenfleetError
        ? error.message
        : status < 500
          ? 'This address or request cannot be read.'
          : 'This page could not be made: see the log of the dashboard.';
    response.status(status).type('text').send(`${sentence}\n`);
  };
}

/** Express sets a status for bad requests, such as a URL that cannot be decoded. */
function statusOf(error: unknown): number {
  const status = error instanceof Error && 'status' in error ? error.status : 500;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : 500;
}
