import type { Command } from 'commander';
import { localHost } from './http-server.ts';
import { anyText, optional, port } from './option-values.ts';

/** What `addHttpOptions` adds. */
export const httpOptions = { httpPort: optional(port), httpHost: anyText };

/** Adds where metrics and probes are served, to services. */
export function addHttpOptions(command: Command): Command {
  return command
    .option('--http-port <port>', 'serve /metrics, /healthz and /readyz there')
    .option('--http-host <host>', 'address that they bind to', localHost);
}
