import { hash } from 'node:crypto';

/** SHA-256 of a name in hexadecimal digits: a text, because a buffer is memory outside of the heap: it takes twice as long, and millions would wait to be collected. */
export function nameDigest(name: string): string {
  return hash('sha256', name, 'hex');
}
