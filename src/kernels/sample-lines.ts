import { kernelMemory } from './kernel-memory.ts';
import { kernels } from './kernels.ts';

/** What a line names of an image. */
export interface NamedFile {
  readonly key: string;
  /** A whole number. */
  readonly sizeBytes: number;
  readonly etag: string;
}

const encoder = new TextEncoder();
/** UTF-8 bytes of a UTF-16 unit, at most. */
const mostOfUnit = 3;
/** Of a line around its texts, with a size of 16 digits, and beyond: what a kernel reads and writes behind the end. */
const [mostAround, beyond] = [8 + 14 + 16 + 9 + 3, 16];

/**
 * JSON of each file, `{"key":"a.jpg","sizeBytes":1,"etag":"e"}`, and a line feed behind it: the bytes of JSON.stringify. A view that the next call changes; `undefined` where texts have control
 * characters, halves of surrogate pairs or U+FFFD, which are left to JSON.stringify.
 */
export function sampleLines(files: readonly NamedFile[]): Uint8Array | undefined {
  let text = '';
  for (const { key, etag } of files) text += `${key}\n${etag}\n`;
  const most = mostOfUnit * text.length;
  kernelMemory.start();
  const texts = kernelMemory.room(most + beyond);
  const sizes = kernelMemory.room(8 * files.length);
  const out = kernelMemory.room(2 * most + mostAround * files.length + beyond);
  const { written } = encoder.encodeInto(text, kernelMemory.bytes(texts, most));
  const numbers = kernelMemory.doubles(sizes, files.length);
  for (let i = 0; i < files.length; i++) numbers[i] = files[i]?.sizeBytes ?? 0;
  const length = kernels.sampleLines(texts, written, sizes, files.length, out);
  return length === 0 ? undefined : kernelMemory.bytes(out, length);
}
