import { EigenfleetError, messageOf } from '../../../shared/errors.ts';
import { mostFileBytes, oversize } from '../../../shared/host/regular-file.ts';
import { textOf } from '../../../shared/host/text-file.ts';
import type { ObjectStore } from '../../../shared/storage/object-store.ts';
import { openStore, type StoreOptions } from '../../../shared/storage/open-store.ts';
import { prefixOf } from './s3-path.ts';

/**
 * A bucket as a disk whose root is `/`: sources that name files (lists, data.yaml) are resolved by paths in it, `/images/a.jpg` for the key
 * `images/a.jpg`. A path is a slash and the key as it is, so that `//a` and `/a//b` are other paths than `/a` and `/a/b`.
 */
export class S3BucketFiles {
  readonly store: ObjectStore;

  constructor(bucket: string, storage: StoreOptions | undefined) {
    this.store = openStore(`s3://${bucket}`, storage);
  }

  /** The address of a path, for people and for `openStore`. */
  uriOf(path: string): string {
    return path === '/' ? this.store.uri : this.store.uri + path;
  }

  async isFile(path: string): Promise<boolean> {
    return path !== '/' && (await this.store.head(path.slice(1))) !== undefined;
  }

  /** Whether anything lies below the path. */
  async isFolder(path: string): Promise<boolean> {
    for await (const _ of this.store.list(prefixOf(path))) return true;
    return false;
  }

  /** Throws `dataset` for a missing file or one that is not text. */
  async readText(path: string): Promise<string> {
    const key = path.slice(1);
    const tooLarge = oversize((await this.store.head(key))?.sizeBytes ?? 0, mostFileBytes.list);
    const bytes = tooLarge === undefined ? await this.store.get(key) : new Uint8Array();
    const where = this.uriOf(path);
    if (bytes === undefined) {
      throw new EigenfleetError('dataset', `There is nothing at ${where}. Check --images.`);
    }
    try {
      if (tooLarge !== undefined) throw new Error(tooLarge);
      return textOf(bytes);
    } catch (cause) {
      const message = `${where} cannot be read: ${messageOf(cause)}. Check --images.`;
      throw new EigenfleetError('dataset', message, { cause });
    }
  }

  /** Returns the path that an s3:// address in this bucket means, literally; other text is a path relative to `folder`. */
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

/** Like `path.posix.join` of absolute paths: never above the root, no trailing slash. */
function joined(folder: string, text: string): string {
  const parts: string[] = [];
  for (const part of `${folder}/${text}`.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}
