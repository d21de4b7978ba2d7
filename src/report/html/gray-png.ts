import { crc32, deflateSync } from 'node:zlib';

const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

/**
 * A map with values in [0, 1], row-major, as an 8-bit gray PNG of one pixel a cell: values, not colors, so that the page chooses those.
 * Format: PNG, third edition (W3C), color type 0.
 */
export function grayPng(map: ArrayLike<number>, width: number, height: number): Uint8Array {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 8;
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(filteredRows(map, width, height), { level: 9 })),
    chunk('IEND', new Uint8Array(0)),
  ]);
}

/** Each row as its differences from the left neighbor (filter 1, `Sub`): smooth maps deflate best that way. */
function filteredRows(map: ArrayLike<number>, width: number, height: number): Uint8Array {
  const rows = new Uint8Array((width + 1) * height);
  let to = 0;
  for (let y = 0; y < height; y++) {
    rows[to++] = 1;
    let left = 0;
    for (let x = 0; x < width; x++) {
      const gray = Math.round(Math.min(1, Math.max(0, map[y * width + x] ?? 0)) * 255);
      rows[to++] = gray - left;
      left = gray;
    }
  }
  return rows;
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const out = Buffer.alloc(data.length + 12);
  out.writeUInt32BE(data.length, 0);
  out.write(type, 4, 'latin1');
  out.set(data, 8);
  out.writeUInt32BE(crc32(out.subarray(4, data.length + 8)), data.length + 8);
  return out;
}
