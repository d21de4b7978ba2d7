import { compareUtf8 } from '../../src/shared/storage/utf8-order.ts';

interface ListedObject {
  readonly key: string;
  readonly sizeBytes: number;
  readonly etag: string;
  readonly modifiedAt: Date;
}

export function xmlOf(root: string, content: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${root} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${content}</${root}>`;
}

export function tag(name: string, text: string | number | boolean): string {
  const escaped = String(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll(/[\r\n]/g, (character) => `&#${character.charCodeAt(0)};`);
  return `<${name}>${escaped}</${name}>`;
}

/** Keys on a page. S3 answers with up to 1,000, and may with fewer: so a test sees a second page after a quarter of the puts. */
export const mostKeys = 250;

/** The answer to ListObjectsV2: keys in the order of their bytes, grouped by the delimiter, a page of them. */
export function listingXml(objects: readonly ListedObject[], query: URLSearchParams): string {
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const most = Math.min(mostKeys, Number(query.get('max-keys') ?? mostKeys));
  const after = Buffer.from(query.get('continuation-token') ?? '', 'base64').toString();
  const entries = entriesOf(objects, prefix, delimiter).filter(
    ({ name }) => after === '' || compareUtf8(name, after) > 0,
  );
  const page = entries.slice(0, most);
  const truncated = page.length < entries.length;
  const encodes = query.get('encoding-type') === 'url';
  const written = (key: string): string => (encodes ? urlEncoded(key) : key);
  const content = [
    tag('Prefix', written(prefix)),
    tag('KeyCount', page.length),
    tag('MaxKeys', most),
    tag('IsTruncated', truncated),
    encodes ? tag('EncodingType', 'url') : '',
    truncated
      ? tag('NextContinuationToken', Buffer.from(page.at(-1)?.name ?? '').toString('base64'))
      : '',
    ...page.map(({ name, object }) =>
      object === undefined
        ? `<CommonPrefixes>${tag('Prefix', written(name))}</CommonPrefixes>`
        : `<Contents>${tag('Key', written(name))}${tag('ETag', object.etag)}${tag('Size', object.sizeBytes)}${tag('LastModified', timeOf(object))}</Contents>`,
    ),
  ];
  return xmlOf('ListBucketResult', content.join(''));
}

/** As AWS writes it, which keeps no parts of a second. */
function timeOf({ modifiedAt }: ListedObject): string {
  return modifiedAt.toISOString().replace(/\.\d+Z$/, '.000Z');
}

interface Entry {
  readonly name: string;
  /** Absent for a folder. */
  readonly object?: ListedObject;
}

function entriesOf(objects: readonly ListedObject[], prefix: string, delimiter: string): Entry[] {
  const entries = new Map<string, Entry>();
  for (const object of objects) {
    const end = delimiter === '' ? -1 : object.key.indexOf(delimiter, prefix.length);
    const name = end < 0 ? object.key : object.key.slice(0, end + 1);
    entries.set(name, end < 0 ? { name, object } : { name });
  }
  return [...entries.values()].sort((a, b) => compareUtf8(a.name, b.name));
}

/** As AWS writes keys: like a form, with slashes left alone. */
function urlEncoded(key: string): string {
  return encodeURIComponent(key).replaceAll('%20', '+').replaceAll('%2F', '/');
}
