import { EigenfleetError, messageOf } from '../../shared/errors.ts';
import { mostFileBytes, oversize, UnreadableFileError } from '../../shared/host/regular-file.ts';
import type { Sample } from '../../shared/run/sample.ts';
import { type ObjectStore, unreadableEtag } from '../../shared/storage/object-store.ts';

export type FetchedSample =
  | { readonly status: 'success'; readonly bytes: Uint8Array }
  | {
      readonly status: 'failed_to_fetch';
      readonly reason: string;
      /** Where the storage says that there is no such object. */
      readonly absent?: true;
    };

/** Returns the bytes of a sample's file, or why there are none. Throws only when the storage as a whole is unusable, or when the signal is aborted. */
export async function fetchSample(
  { key, sizeBytes, etag }: Sample,
  images: ObjectStore,
  signal?: AbortSignal,
  mostBytes: number = mostFileBytes.image,
): Promise<FetchedSample> {
  const tooLarge = oversize(sizeBytes, mostBytes);
  if (tooLarge !== undefined) return { status: 'failed_to_fetch', reason: tooLarge };
  try {
    const bytes = await images.get(key, signal);
    if (bytes !== undefined) return { status: 'success', bytes };
    return { status: 'failed_to_fetch', reason: absenceOf(etag), absent: true };
  } catch (error) {
    if (!(error instanceof EigenfleetError)) throw error;
    const { cause } = error;
    if (cause instanceof UnreadableFileError) {
      return { status: 'failed_to_fetch', reason: cause.message };
    }
    return { status: 'failed_to_fetch', reason: `it cannot be read (${messageOf(error)})` };
  }
}

function absenceOf(etag: string): string {
  return etag === unreadableEtag
    ? 'the file is listed but does not exist: a dangling link, or a name in S3 that is not valid UTF-8'
    : 'the file does not exist';
}
