import { isUtf8 } from 'node:buffer';
import { join, sep } from 'node:path';

/**
 * Names of files are bytes to a Unix system, and text to everybody else. A byte that is not UTF-8 is written `\xE9`; a backslash that would be taken
 * for the start of one is written `\x5C`. So every name has its own text, which reads well in tables and leads back to the file.
 */
const escapes = process.platform !== 'win32';
const escaped = /\\x([89A-F][0-9A-F]|5C)/g;
const ambiguous = /\\(?=x(?:[89A-F][0-9A-F]|5C))/g;

/** The text of a name, a path or whole lines of them, given as bytes. */
export function textOfNames(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!escapes) return buffer.toString();
  if (isUtf8(buffer)) return buffer.toString().replaceAll(ambiguous, '\\x5C');
  let text = '';
  let valid = 0;
  for (let at = 0; at < buffer.length; ) {
    const length = sequenceLength(buffer, at);
    if (length === 0) {
      text += buffer.toString('utf8', valid, at).replaceAll(ambiguous, '\\x5C');
      text += `\\x${(buffer[at] ?? 0).toString(16).toUpperCase()}`;
      valid = at + 1;
    }
    at += Math.max(1, length);
  }
  return text + buffer.toString('utf8', valid).replaceAll(ambiguous, '\\x5C');
}

/** The path of a key below a folder, as the system has it. `root` is a plain path; only the key has the names' text. */
export function pathOfKey(root: string, key: string): string | Buffer {
  if (!hasEscapes(key)) return join(root, key);
  const parts: Buffer[] = [Buffer.from(join(root, '/'))];
  let from = 0;
  for (const match of key.matchAll(escaped)) {
    parts.push(Buffer.from(key.slice(from, match.index)));
    parts.push(Buffer.of(Number.parseInt(match[1] ?? '', 16)));
    from = match.index + match[0].length;
  }
  return Buffer.concat([...parts, Buffer.from(key.slice(from))]);
}

/** Like `pathOfKey`, for a whole path. */
export function pathOfText(path: string): string | Buffer {
  return hasEscapes(path) ? pathOfKey(sep, path) : path;
}

/** Whether a text stands for another name than itself. */
export function hasEscapes(text: string): boolean {
  return escapes && text.includes('\\x') && text.search(escaped) >= 0;
}

/** Bytes of the valid UTF-8 character at a place; 0 where there is none. */
function sequenceLength(bytes: Buffer, at: number): number {
  const lead = bytes[at] ?? 0;
  if (lead < 0x80) return 1;
  const length = lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
  const sequence = bytes.subarray(at, at + length);
  return sequence.length === length && isUtf8(sequence) ? length : 0;
}
