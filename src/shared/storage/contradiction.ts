import { StorageUnavailableError } from '../host/storage-unavailable.ts';
import type { ObjectStore } from './object-store.ts';

/**
 * What a storage that says "not found" of a key contradicts itself with: its listing names the key all the same, or is refused. S3 lists and answers consistently, so
 * such a storage, or a proxy before it, is at fault, and nothing was deleted. `undefined` where the key is truly not there. Folders do not lie, and are not asked.
 */
export async function contradictionOf(
  store: ObjectStore,
  key: string,
): Promise<StorageUnavailableError | undefined> {
  if (!store.uri.startsWith('s3:')) return undefined;
  try {
    for await (const info of store.list(key)) {
      if (info.key !== key) return undefined;
      const sentence = `${store.uri}/${key} is listed, and yet the storage answers that it does not exist (404). See what answers in its place: the server, a proxy, or the endpoint.`;
      return new StorageUnavailableError(sentence, { lasting: true });
    }
  } catch (error) {
    if (!(error instanceof StorageUnavailableError)) throw error;
    // Who may not list is answered truly: S3 then says 403 of what is not there.
    return isForbidden(error) ? undefined : error;
  }
  return undefined;
}

function isForbidden({ cause }: StorageUnavailableError): boolean {
  const { $metadata } = (cause ?? {}) as { $metadata?: { httpStatusCode?: number } };
  return $metadata?.httpStatusCode === 403;
}
