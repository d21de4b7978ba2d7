import { fileURLToPath } from 'node:url';

/** The path of a `file:` address; `undefined` for a place that is not on this machine. */
export function localPathOf(uri: string): string | undefined {
  return /^file:/i.test(uri) ? fileURLToPath(uri) : undefined;
}

/** An address as people write it: a path on this machine, any other URI as it is. */
export function placeOf(uri: string): string {
  return localPathOf(uri) ?? uri;
}
