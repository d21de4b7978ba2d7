import { createServer } from 'node:net';

/** Below the range that Linux gives to outgoing connections, so that nobody is given the port while a server that will come back is down. */
const lowest = 10_000;
const highest = 22_000;

/**
 * A port of 127.0.0.1 on which nobody listens, nor on the one `beside` above it. Another process may still be faster: whoever starts a server there
 * tries again.
 */
export async function freePort(beside = 0): Promise<number> {
  for (;;) {
    const port = lowest + Math.floor(Math.random() * (highest - lowest));
    if ((await isFree(port)) && (beside === 0 || (await isFree(port + beside)))) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
