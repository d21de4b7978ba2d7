import { EigenfleetError } from '../errors.ts';
import { UnreadableFileError } from '../host/regular-file.ts';
import type { ObjectStore } from './object-store.ts';

const mebibyte = 1024 * 1024;

/**
 * Size limits of stored objects that we read: each is far above what eigenfleet writes, and below what would take a service down. Anybody with access
 * to the storage can replace these objects.
 */
export const mostStoredBytes = {
  run: 8 * mebibyte,
  /** Of a shard's 256 images with 80 classes 0.2 MB; classes that do not occur take no room. */
  marker: 64 * mebibyte,
  /** A key takes some hundred bytes, and a shard has up to a million samples. */
  manifest: 256 * mebibyte,
  summary: 128 * mebibyte,
  report: 128 * mebibyte,
  /** Three layers of 2,048 channels take 100 MB. */
  basis: 1024 * mebibyte,
  /** Names, notes of shards that failed. */
  note: 256 * 1024,
} as const;

export type StoredBytes =
  | { readonly status: 'read'; readonly bytes: Uint8Array }
  | { readonly status: 'absent' }
  | { readonly status: 'too-large' | 'no-file'; readonly reason: string };

export type StoredJson =
  | { readonly status: 'read'; readonly value: unknown }
  | { readonly status: 'absent' }
  | { readonly status: 'too-large' | 'no-file' | 'not-json'; readonly reason: string };

/** Reads an object of up to `mostBytes`; never holds more than that in memory. */
export async function readStoredBytes(
  store: ObjectStore,
  key: string,
  mostBytes: number,
): Promise<StoredBytes> {
  const bytes = await store.getRange(key, 0, mostBytes + 1).catch((error: unknown) => {
    if (error instanceof EigenfleetError && error.cause instanceof UnreadableFileError) {
      return error.cause;
    }
    throw error;
  });
  if (bytes === undefined) return { status: 'absent' };
  if (bytes instanceof UnreadableFileError) return { status: 'no-file', reason: bytes.message };
  if (bytes.length <= mostBytes) return { status: 'read', bytes };
  return { status: 'too-large', reason: `it is larger than ${mostBytes} bytes` };
}

/** Reads a JSON object of up to `mostBytes`; the caller's schema checks its content. */
export async function readStoredJson(
  store: ObjectStore,
  key: string,
  mostBytes: number,
): Promise<StoredJson> {
  const stored = await readStoredBytes(store, key, mostBytes);
  if (stored.status !== 'read') return stored;
  try {
    return { status: 'read', value: JSON.parse(new TextDecoder().decode(stored.bytes)) };
  } catch {
    return { status: 'not-json', reason: 'it is not JSON' };
  }
}
