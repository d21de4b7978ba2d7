import { isIP } from 'node:net';

export interface HostRules {
  /** The server listens on this machine only, so requests must use one of its names. */
  readonly localOnly: boolean;
  /** Names that it answers to in addition to the default ones. */
  readonly allowed: readonly string[];
}

/** Addresses that no other machine reaches. */
export const localHosts: readonly string[] = ['localhost', '127.0.0.1', '::1'];

/** Nobody can register a name below these, so no hostile page has one: cluster names, local networks, reserved names (RFC 6761, ICANN 2024). */
const privateEndings = /\.(?:svc|local|internal|localhost|test|lan|home\.arpa)$/;

/**
 * Whether a server that asks for no password answers to this `Host` header. A page in a browser near by can give its own name the address of this server
 * (DNS rebinding) and would then read what is served, and press its buttons. So the name must be one that a stranger cannot have: an address, a name without a
 * dot, one of a private domain, or one that was allowed.
 */
export function isAllowedHost(
  host: string | undefined,
  { localOnly, allowed }: HostRules,
): boolean {
  const name = hostnameOf(host);
  if (name === undefined) return false;
  if (localHosts.includes(name) || allowed.some((one) => one.toLowerCase() === name)) return true;
  if (localOnly) return false;
  return isIP(name) !== 0 || !name.includes('.') || privateEndings.test(name);
}

/** In lower case, without port, brackets and the root's dot. */
function hostnameOf(host: string | undefined): string | undefined {
  const address = `http://${host}`;
  if (host === undefined || !URL.canParse(address)) return undefined;
  const { hostname } = new URL(address);
  return hostname.replace(/^\[|\]$|\.$/g, '');
}
