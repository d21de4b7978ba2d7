import { EigenfleetError } from '../../shared/errors.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';
import { openStore, type StoreOptions } from '../../shared/storage/open-store.ts';

/**
 * A bucket as a disk whose root is `/`: sources that name files (lists, data.yaml) are resolved by paths in it, `/images/a.jpg` for the key
 * `images/a.jpg`.
 */
export class S3BucketFiles {
  readonly store: ObjectStore;

  constructor(bucket: string, storage: StoreOptions | undefined) {
    this.store = openStore(`s3://${bucket}`, storage);
  }

  /** The address of a path, for people and for `openStore`. */
  uriOf(path: string): string {
    const key = keyOf(path);
    return key === '' ? this.store.uri : `${this.store.uri}/${key}`;
  }

  async isFile(path: string): Promise<boolean> {
    return keyOf(path) !== '' && (await this.store.head(keyOf(path))) !== undefined;
  }

  /** Whether anything lies below the path. */
  async isFolder(path: string): Promise<boolean> {
    const key = keyOf(path);
    for await (const _ of this.store.list(key === '' ? '' : `${key}/`)) return true;
    return false;
  }

  async readText(path: string): Promise<string> {
    const bytes = await this.store.get(keyOf(path));
    if (bytes !== undefined) return new TextDecoder().decode(bytes);
    throw new EigenfleetError(
      'dataset',
      `There is nothing at ${this.uriOf(path)}. Check --images.`,
    );
  }

  /** The path that an s3:// address in this bucket means; other texts are paths relative to `folder`. */
  resolve(folder: string, text: string): string {
    const root = `${this.store.uri}/`;
    if (text.startsWith(root)) return `/${text.slice(root.length)}`;
    if (/^[a-z][a-z0-9+.-]+:\/\//i.test(text)) {
      throw new EigenfleetError(
        'dataset',
        `${text} is not in ${this.store.uri}. A list in a bucket names images of that bucket only.`,
      );
    }
    return joined(text.startsWith('/') ? '/' : folder, text);
  }
}

function keyOf(path: string): string {
  return path.replace(/^\/+|\/+$/g, '');
}

/** As `path.posix.join` of absolute paths: never above the root, no slash at the end. */
function joined(folder: string, text: string): string {
  const parts: string[] = [];
  for (const part of `${folder}/${text}`.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}
