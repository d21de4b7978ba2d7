import { isUtf8 } from 'node:buffer';
import { readRegularFile, UnreadableFileError } from './regular-file.ts';

/**
 * A text file as UTF-8 bytes without a byte order mark. UTF-16 is known by its mark, or by its first character: Windows PowerShell writes it with `>`.
 * Anything else passes unchanged; the caller decides whether it is UTF-8.
 *
 * @throws UnreadableFileError for what holds NUL characters and is not UTF-16: images, archives, models.
 */
export function utf8Of(bytes: Uint8Array): Uint8Array {
  const encoding = utf16Of(bytes);
  const utf8 = encoding === undefined ? bytes : transcoded(bytes, encoding);
  if (utf8.includes(0)) throw new UnreadableFileError('it is not text');
  const marked = utf8[0] === 0xef && utf8[1] === 0xbb && utf8[2] === 0xbf;
  return marked ? utf8.subarray(3) : utf8;
}

/** The text of a file's bytes. Throws `UnreadableFileError` for what is neither UTF-8 nor UTF-16. */
export function textOf(bytes: Uint8Array): string {
  const utf8 = utf8Of(bytes);
  if (!isUtf8(utf8)) throw new UnreadableFileError('it is not UTF-8; save it as UTF-8');
  return new TextDecoder().decode(utf8);
}

/** Reads a text file whole. Throws as `readRegularFile` and `textOf` do. */
export async function readTextFile(path: string, mostBytes: number): Promise<string> {
  return textOf(await readRegularFile(path, { mostBytes }));
}

function utf16Of([first, second]: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  if (first === undefined || second === undefined) return undefined;
  if ((first === 0xff && second === 0xfe) || (first > 0 && first < 0x80 && second === 0)) {
    return 'utf-16le';
  }
  if ((first === 0xfe && second === 0xff) || (first === 0 && second > 0 && second < 0x80)) {
    return 'utf-16be';
  }
  return undefined;
}

function transcoded(bytes: Uint8Array, encoding: string): Uint8Array {
  try {
    return new TextEncoder().encode(new TextDecoder(encoding, { fatal: true }).decode(bytes));
  } catch {
    throw new UnreadableFileError('it is not text');
  }
}
