import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';

export interface Answer {
  readonly status: number;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: Buffer;
}

/** Sends the answer whole. Node leaves the body of an answer to HEAD away. */
export function sendAnswer(response: ServerResponse, answer: Answer): void {
  begin(response, answer);
  response.end(answer.body);
}

/** Sends half of the answer and breaks the connection, or sends no more; or sends all of it in small pieces. Without a body to halve it sends nothing. */
export function sendFault(
  response: ServerResponse,
  answer: Answer,
  fault: 'cut' | 'stall' | 'slow',
): void {
  const { body = Buffer.alloc(0) } = answer;
  if (fault === 'slow') {
    begin(response, answer);
    sendSlowly(response, body);
    return;
  }
  const half = body.subarray(0, body.length >> 1);
  if (half.length === 0) {
    if (fault === 'cut') response.destroy();
    return;
  }
  begin(response, answer);
  response.write(half, () => {
    if (fault === 'cut') response.destroy();
  });
}

function begin(response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, { ...headers, 'content-length': body?.length ?? 0 });
}

function sendSlowly(response: ServerResponse, body: Buffer): void {
  const piece = Math.ceil(body.length / 8) || 1;
  let at = 0;
  const timer = setInterval(() => {
    if (at < body.length) response.write(body.subarray(at, at + piece));
    at += piece;
    if (at < body.length && !response.destroyed) return;
    clearInterval(timer);
    response.end();
  }, 20);
}
