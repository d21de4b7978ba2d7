import { fileURLToPath } from 'node:url';

/** Returns the path of a `file:` address; `undefined` for a place outside this machine. */
export function localPathOf(uri: string): string | undefined {
  return /^file:/i.test(uri) ? fileURLToPath(uri) : undefined;
}

/** Returns an address as people write it: a path on this machine, any other URI unchanged. */
export function placeOf(uri: string): string {
  return localPathOf(uri) ?? uri;
}
