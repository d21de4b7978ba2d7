import type { ObjectInfo, ObjectStore } from '../object-store.ts';
import { CopyObjectCommand, type S3Client } from './aws-s3.ts';
import { isNotFound, isPassing, isUnmatched } from './s3-error.ts';
import { etagOf } from './s3-listing.ts';

interface Place {
  readonly Bucket: string;
  readonly Key: string;
}

/** What became of a copy that the server was asked for. */
export type ServerCopy =
  | { readonly status: 'copied'; readonly etag: string }
  /** There is no such object, or another one. */
  | { readonly status: 'absent' }
  /** The server knows no copies, the rights lack them, or the object is too large for one request (5 GB). */
  | { readonly status: 'refused' };

/** Asks the server for a copy of the object that has this etag. Throws what may pass. */
export async function copyOnServer(
  client: S3Client,
  { from, to }: { readonly from: Place; readonly to: Place },
  etag: string,
): Promise<ServerCopy> {
  const source = from.Key.split('/').map(encodeURIComponent).join('/');
  const CopySource = `${from.Bucket}/${source}`;
  const command = new CopyObjectCommand({ ...to, CopySource, CopySourceIfMatch: `"${etag}"` });
  try {
    const { CopyObjectResult } = await client.send(command);
    return { status: 'copied', etag: etagOf(CopyObjectResult?.ETag ?? '') };
  } catch (error) {
    if (isPassing(error)) throw error;
    return { status: isNotFound(error) || isUnmatched(error) ? 'absent' : 'refused' };
  }
}

/**
 * `ObjectStore.copy` of S3. An equal etag proves the copy. Where the etag is another one (an object that went up in parts, one that the server encrypts), source and copy are looked at, since
 * there are servers that do not heed the condition.
 */
export async function copyObject(
  store: ObjectStore,
  from: ObjectInfo,
  key: string,
  ask: () => Promise<ServerCopy>,
): Promise<ObjectInfo | undefined> {
  const answer = await ask();
  if (answer.status === 'absent') return undefined;
  const { sizeBytes, etag } = from;
  if (answer.status === 'copied' && answer.etag === etag) return { key, sizeBytes, etag };
  const source = await store.head(from.key);
  if (source?.etag !== etag || source.sizeBytes !== sizeBytes) return undefined;
  if (answer.status === 'copied') {
    const copy = await store.head(key);
    return copy?.sizeBytes === sizeBytes ? copy : undefined;
  }
  const bytes = await store.get(from.key);
  return bytes?.length === sizeBytes ? store.put(key, bytes) : undefined;
}
