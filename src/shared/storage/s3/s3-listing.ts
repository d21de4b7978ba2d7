import type { ObjectInfo } from '../object-store.ts';
import type { ListObjectsV2CommandOutput } from './aws-s3.ts';

/** Objects of one page of a listing, keys as S3 has them. Folder markers (`a/`, as consoles make them) are no objects to anybody. */
export function objectsOf(page: ListObjectsV2CommandOutput): ObjectInfo[] {
  return (page.Contents ?? [])
    .map(({ Key = '', Size = 0, ETag = '' }) => ({
      key: decodeKey(Key, page.EncodingType),
      sizeBytes: Size,
      etag: etagOf(ETag),
    }))
    .filter(({ key }) => key !== '' && !key.endsWith('/'));
}

/** Keys of the folders of one page, each ending in `/`. */
export function foldersOf(page: ListObjectsV2CommandOutput): string[] {
  return (page.CommonPrefixes ?? []).map(({ Prefix = '' }) => decodeKey(Prefix, page.EncodingType));
}

/** Without the quotes around it, which some servers leave out in listings. */
export function etagOf(etag: string): string {
  return etag.replace(/^"|"$/g, '');
}

/** `url` encodes as forms do: a space is `+`, a plus `%2B`. Servers that do not know it send keys as they are, and say so. */
function decodeKey(key: string, encoding: string | undefined): string {
  return encoding === 'url' ? decodeURIComponent(key.replaceAll('+', ' ')) : key;
}
