import type { Command } from 'commander';
import { localHost } from '../../shared/host/http-server.ts';
import { anyText, optional, port, texts } from './option-values.ts';

/** What `addHttpOptions` adds. */
export const httpOptions = {
  httpPort: optional(port),
  httpHost: anyText,
  allowHost: optional(texts),
};

/** Adds where metrics and probes are served, to services. */
export function addHttpOptions(command: Command): Command {
  const served = command
    .option('--http-port <port>', 'serve /metrics, /healthz and /readyz on this port')
    .option('--http-host <host>', 'address that they bind to', localHost);
  return addAllowHost(served);
}

/** Adds the names that a server answers to, to all that serve. */
export function addAllowHost(command: Command): Command {
  return command.option(
    '--allow-host <name...>',
    'further host names that it answers to, besides addresses and private names (bound to 127.0.0.1: besides localhost)',
  );
}
