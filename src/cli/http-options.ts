import type { Command } from 'commander';
import { z } from 'zod';
import { localHost } from './http-server.ts';

/** The schema of what `addHttpOptions` adds. */
export const httpOptionsShape = {
  httpPort: z.coerce.number().int().min(0).max(65_535).optional(),
  httpHost: z.string(),
};

/** Adds where metrics and probes are served, to services. */
export function addHttpOptions(command: Command): Command {
  return command
    .option('--http-port <port>', 'serve /metrics, /healthz and /readyz there')
    .option('--http-host <host>', 'address that they bind to', localHost);
}
