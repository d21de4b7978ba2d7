import { textOfNames } from '../../host/file-name.ts';
import { type ObjectInfo, unreadableEtag } from '../object-store.ts';
import type { ListObjectsV2CommandOutput } from './aws-s3.ts';

/** Objects of one page of a listing, keys as S3 has them. Folder markers (`a/`, as consoles make them) are left out. */
export function objectsOf(page: ListObjectsV2CommandOutput): ObjectInfo[] {
  return (page.Contents ?? [])
    .map(({ Key = '', Size = 0, ETag = '', LastModified }) => {
      const key = decodeKey(Key, page.EncodingType);
      const time = LastModified && { modifiedAt: LastModified.getTime() };
      if (key !== undefined) return { key, sizeBytes: Size, etag: etagOf(ETag), ...time };
      return { key: textOfEncoded(Key), sizeBytes: 0, etag: unreadableEtag };
    })
    .filter(({ key }) => key !== '' && !key.endsWith('/'));
}

/** Keys of the folders of one page, each ending in `/`. */
export function foldersOf(page: ListObjectsV2CommandOutput): string[] {
  return (page.CommonPrefixes ?? []).map(
    ({ Prefix = '' }) => decodeKey(Prefix, page.EncodingType) ?? textOfEncoded(Prefix),
  );
}

/** Without the quotes around it, which some servers leave out in listings. */
export function etagOf(etag: string): string {
  return etag.replace(/^"|"$/g, '');
}

/**
 * `url` encodes as forms do: a space is `+`, a plus `%2B`. Servers that do not know it send keys as they are, and say so. `undefined` for a key that is
 * no UTF-8, as servers over folders may have: no request can name it.
 */
function decodeKey(key: string, encoding: string | undefined): string | undefined {
  if (encoding !== 'url') return key;
  try {
    return decodeURIComponent(key.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}

function textOfEncoded(key: string): string {
  const bytes = key
    .replaceAll('+', ' ')
    .replaceAll(/%([0-9A-F]{2})/gi, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
  return textOfNames(Buffer.from(bytes, 'latin1'));
}
