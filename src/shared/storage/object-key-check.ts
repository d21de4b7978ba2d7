import { EigenfleetError } from '../errors.ts';
import { UnreadableFileError } from '../host/regular-file.ts';

/** Start of the name of a file that is still being written; never listed, and no part of a key. */
export const temporaryPrefix = '.eigenfleet-tmp-';

/**
 * Returns `key`, or throws `storage` for one that could point outside the store's root or mean different objects in different stores:
 * empty, absolute, with an empty, `.` or `..` part, with a NUL, or, on Windows, with a `\` or `:`
 * (elsewhere those are ordinary characters of file names, and users have such images).
 */
export function checkKey(key: string, platform: string = process.platform): string {
  return refuseFault(key, emptyPart(key) ?? faultOf(key, platform));
}

/** Like `checkKey`, for objects that are only read from a store whose keys are plain text: `a//b` and `/a` are keys of S3. */
export function checkLiteralKey(key: string, platform: string = process.platform): string {
  return refuseFault(key, key === '' ? emptyPart(key) : faultOf(key, platform));
}

/** Like `checkKey`, for the start of a key; `''` means everything. A prefix may end in `/`. */
export function checkPrefix(prefix: string, platform: string = process.platform): string {
  if (prefix === '') return prefix;
  checkKey(prefix.endsWith('/') ? prefix.slice(0, -1) : prefix, platform);
  return prefix;
}

/** Like `checkPrefix`, for a store whose keys are plain text. */
export function checkLiteralPrefix(prefix: string, platform: string = process.platform): string {
  return prefix === '' ? prefix : checkLiteralKey(prefix, platform);
}

function emptyPart(key: string): string | undefined {
  return key.split('/').includes('') ? 'has an empty part' : undefined;
}

/** Returns whether a store whose keys are plain text reads this key. */
export function isLiteralKey(key: string): boolean {
  return key !== '' && faultOf(key, process.platform) === undefined;
}

/** Returns what is wrong with a key, as a predicate: `has an empty part`. */
function faultOf(key: string, platform: string): string | undefined {
  const parts = key.split('/');
  const dots = parts.find((part) => part === '.' || part === '..');
  if (dots !== undefined) return `has a "${dots}" part`;
  if (key.includes('\0')) return 'holds a NUL character';
  if (platform === 'win32' && /[\\:]/.test(key)) return 'holds a backslash or a colon';
  const isTemporary = parts.some((part) => part.startsWith(temporaryPrefix));
  return isTemporary ? `is of a file that is being written (${temporaryPrefix})` : undefined;
}

function refuseFault(key: string, fault: string | undefined): string {
  if (fault === undefined) return key;
  throw new EigenfleetError(
    'storage',
    `${JSON.stringify(key)} is not a key that eigenfleet uses: it ${fault}. A key is a relative path such as "a/b.jpg".`,
    { cause: new UnreadableFileError(`its key ${fault}`) },
  );
}
