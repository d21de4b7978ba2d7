import type { RequestListener, ServerResponse } from 'node:http';
import type { Health } from './health.ts';

/** The sources of the three routes; each is called for every request. */
export interface ProbeSources {
  readonly metrics: { text(): Promise<string>; readonly contentType: string };
  liveness(): Health | Promise<Health>;
  readiness(): Health | Promise<Health>;
}

interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** `/metrics` for Prometheus; `/healthz` and `/readyz` as JSON with status 200 or 503. A source that throws becomes a 500, not a crash. */
export function probeRoutes(sources: ProbeSources): RequestListener {
  const routes: Readonly<Record<string, () => Promise<Answer>>> = {
    '/metrics': async () => {
      const body = await sources.metrics.text();
      return { status: 200, contentType: sources.metrics.contentType, body };
    },
    '/healthz': async () => healthAnswer(await sources.liveness()),
    '/readyz': async () => healthAnswer(await sources.readiness()),
  };
  return (request, response) => {
    const path = request.url?.split('?')[0] ?? '';
    const route = Object.hasOwn(routes, path) ? routes[path] : undefined;
    if (route === undefined) {
      const paths = Object.keys(routes).join(', ');
      send(response, textAnswer(404, `Nothing here; see ${paths}.`));
    } else if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('allow', 'GET, HEAD');
      send(response, textAnswer(405, 'Only GET and HEAD.'));
    } else {
      route().then(
        (answer) => send(response, answer),
        () => send(response, textAnswer(500, 'The service could not determine this.')),
      );
    }
  };
}

function healthAnswer(health: Health): Answer {
  return {
    status: health.status === 'failing' ? 503 : 200,
    contentType: 'application/json',
    body: `${JSON.stringify(health)}\n`,
  };
}

function textAnswer(status: number, sentence: string): Answer {
  return { status, contentType: 'text/plain; charset=utf-8', body: `${sentence}\n` };
}

function send(response: ServerResponse, { status, contentType, body }: Answer): void {
  response.writeHead(status, {
    'content-type': contentType,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  response.end(body);
}
