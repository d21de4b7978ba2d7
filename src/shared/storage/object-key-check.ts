import { EigenfleetError } from '../errors.ts';

/** Start of the name of a file that is still being written; never listed, and no part of a key. */
export const temporaryPrefix = '.eigenfleet-tmp-';

/**
 * Returns `key`, or throws `storage` for one that could point outside the store's root or mean different objects in different stores:
 * empty, absolute, with an empty, `.` or `..` part, with a NUL, or, on Windows, with a `\` or `:`
 * (elsewhere those are ordinary characters of file names, and users have such images).
 */
export function checkKey(key: string, platform: string = process.platform): string {
  const parts = key.split('/');
  const bad =
    key.includes('\0') ||
    (platform === 'win32' && /[\\:]/.test(key)) ||
    parts.some((part) => part === '' || part === '.' || part === '..') ||
    parts.some((part) => part.startsWith(temporaryPrefix));
  if (!bad) return key;
  throw new EigenfleetError(
    'storage',
    `${JSON.stringify(key)} is no key of a store: a key is a relative path such as "a/b.jpg". Correct the list or manifest it comes from.`,
  );
}

/** As `checkKey`, for the start of a key; `''` means everything. A prefix may end in `/`. */
export function checkPrefix(prefix: string, platform: string = process.platform): string {
  if (prefix === '') return prefix;
  checkKey(prefix.endsWith('/') ? prefix.slice(0, -1) : prefix, platform);
  return prefix;
}
