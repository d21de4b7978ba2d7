import { mostFileBytes, oversize, UnreadableFileError } from '../../host/regular-file.ts';
import type { GetObjectCommandOutput } from './aws-s3.ts';

/** Discards an answer whose body nobody needs. */
export function abandon(body: GetObjectCommandOutput['Body']): void {
  if (body !== undefined && 'destroy' in body) body.destroy();
}

/** Returns the whole body. A connection that ends early without an error leaves it short; a body too large for a process is not read. */
export async function bodyOf({ Body, ContentLength }: GetObjectCommandOutput): Promise<Uint8Array> {
  const tooLarge = oversize(ContentLength ?? 0, mostFileBytes.object);
  if (tooLarge !== undefined) {
    abandon(Body);
    throw new UnreadableFileError(tooLarge);
  }
  const bytes = (await Body?.transformToByteArray()) ?? new Uint8Array();
  if (ContentLength === undefined || bytes.length === ContentLength) return bytes;
  const error = new Error(`${bytes.length} of ${ContentLength} bytes came`);
  error.name = 'CutBodyError';
  throw error;
}
