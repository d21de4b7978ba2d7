import { crc32 } from 'node:zlib';
import type { EncodedPicture } from './picture-pool.ts';

/** The file with another width and height in its header; the pixels stay. Formats whose header is not known here stay as they are. */
export function resizeHeader(
  { extension, bytes }: EncodedPicture,
  [width = 0, height = 0]: readonly number[],
): Buffer {
  const out = Buffer.from(bytes);
  resizers[extension]?.(out, width, height);
  return out;
}

const resizers: Readonly<Record<string, (out: Buffer, width: number, height: number) => void>> = {
  png: (out, width, height) => {
    out.writeUInt32BE(width, 16);
    out.writeUInt32BE(height, 20);
    out.writeUInt32BE(crc32(out.subarray(12, 29)), 29);
  },
  bmp: (out, width, height) => {
    out.writeInt32LE(Math.min(width, 2 ** 31 - 1), 18);
    out.writeInt32LE(Math.min(height, 2 ** 31 - 1), 22);
  },
  gif: (out, width, height) => {
    out.writeUInt16LE(width & 0xffff, 6);
    out.writeUInt16LE(height & 0xffff, 8);
  },
  jpg: (out, width, height) => {
    const frame = jpegFrame(out);
    if (frame === undefined) return;
    out.writeUInt16BE(height & 0xffff, frame + 5);
    out.writeUInt16BE(width & 0xffff, frame + 7);
  },
  tif: resizeTiff,
  webp: (out, width, height) => {
    if (out.toString('latin1', 12, 16) !== 'VP8 ') return;
    out.writeUInt16LE(width & 0x3fff, 26);
    out.writeUInt16LE(height & 0x3fff, 28);
  },
  avif: (out, width, height) => {
    const at = out.indexOf('ispe');
    if (at < 0) return;
    out.writeUInt32BE(width, at + 8);
    out.writeUInt32BE(height, at + 12);
  },
};

/** Where the first start-of-frame marker stands. */
function jpegFrame(bytes: Buffer): number | undefined {
  for (let at = 2; at + 9 < bytes.length && bytes[at] === 0xff; ) {
    const marker = bytes[at + 1] ?? 0;
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) return at;
    at += 2 + bytes.readUInt16BE(at + 2);
  }
  return undefined;
}

const imageWidth = 256;
const imageLength = 257;
const longType = 4;

/** Little-endian, as sharp writes it. */
function resizeTiff(out: Buffer, width: number, height: number): void {
  const at = out.readUInt32LE(4);
  const entries = out.readUInt16LE(at);
  for (let n = 0; n < entries; n++) {
    const entry = at + 2 + 12 * n;
    const tag = out.readUInt16LE(entry);
    if (tag !== imageWidth && tag !== imageLength) continue;
    out.writeUInt16LE(longType, entry + 2);
    out.writeUInt32LE(1, entry + 4);
    out.writeUInt32LE(tag === imageWidth ? width : height, entry + 8);
  }
}
