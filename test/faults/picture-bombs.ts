import { crc32, deflateSync } from 'node:zlib';

/** A small file that gives a decoder much to do. */
export interface PictureBomb {
  readonly name: string;
  make(): Buffer;
}

const gray = 0;
const rgb = 2;

export const pictureBombs: readonly PictureBomb[] = [
  { name: 'bomb-9000.png', make: () => png(9000, 9000, 9000 * 9001, 8, gray) },
  { name: 'bomb-9999-rgb.png', make: () => png(9999, 9999, 9999 * (3 * 9999 + 1), 8, rgb) },
  { name: 'bomb-20000.png', make: () => png(20_000, 20_000, 20_000 * 2501, 1, gray) },
  { name: 'bomb-wide.png', make: () => png(1_000_000, 90, 90 * 1_000_001, 8, gray) },
  { name: 'bomb-tall.png', make: () => png(2, 40_000_000, 2000, 1, gray) },
  { name: 'bomb-svg.jpg', make: () => Buffer.from(svg('<rect width="100%" height="100%"/>')) },
  {
    name: 'external-svg.png',
    make: () =>
      Buffer.from(
        `<?xml version="1.0"?><!DOCTYPE s [<!ENTITY x SYSTEM "file:///etc/hostname">]>${svg('<text>&x;</text>')}`,
      ),
  },
  { name: 'many-frames.gif', make: manyFrames },
];

function svg(content: string): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="9999" height="9999">${content}</svg>`;
}

/** A PNG whose rows are `zeros` bytes of nothing, filter bytes included. */
function png(width: number, height: number, zeros: number, depth: number, color: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([depth, color, 0, 0, 0], 8);
  const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
  const pixels = deflateSync(Buffer.alloc(zeros), { level: 1 });
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', pixels), chunk('IEND')]);
}

function chunk(kind: string, body = Buffer.alloc(0)): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length);
  const named = Buffer.concat([Buffer.from(kind, 'latin1'), body]);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, check]);
}

/** 3,000 frames of 4,000 x 4,000 pixels, each of one byte. */
function manyFrames(): Buffer {
  const screen = Buffer.from('GIF89a\xa0\x0f\xa0\x0f\x80\0\0\0\0\0\xff\xff\xff', 'latin1');
  const frame = Buffer.from(',\0\0\0\0\xa0\x0f\xa0\x0f\0\x02\x02\x44\x01\0', 'latin1');
  return Buffer.concat([screen, ...Array<Buffer>(3000).fill(frame), Buffer.from(';')]);
}
