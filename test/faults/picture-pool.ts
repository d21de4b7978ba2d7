import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { repositoryRoot } from '../support/cache-folder.ts';
import { Seeded } from './seeded.ts';

/** A whole picture, as a file of one format. */
export interface EncodedPicture {
  /** Without the dot. */
  readonly extension: string;
  readonly bytes: Buffer;
}

const photos = join(repositoryRoot, 'examples/blood-cells/images/test');

/** Four crops of the example's photos in each format, and in some of its odder forms. */
export async function makePicturePool(seed: number): Promise<EncodedPicture[]> {
  const random = new Seeded(`${seed}/pictures`);
  const names = random.sample((await readdir(photos)).sort(), 4);
  const pool: EncodedPicture[] = [];
  for (const name of names) {
    const [width, height] = [120 + random.int(80), 90 + random.int(70)];
    const place = { left: random.int(640 - width), top: random.int(480 - height), width, height };
    pool.push(
      ...(await encodings(await sharp(join(photos, name)).extract(place).png().toBuffer())),
    );
  }
  return pool;
}

async function encodings(png: Buffer): Promise<EncodedPicture[]> {
  const image = (): Sharp => sharp(png);
  const gray = (): Sharp => image().grayscale();
  const frames = await Promise.all([0, 90, 180].map((angle) => turned(png, angle)));
  const moving = (): Sharp => sharp(frames, { join: { animated: true } });
  const made: readonly (readonly [string, Sharp])[] = [
    ['jpg', image().jpeg({ quality: 85 })],
    ['jpg', image().jpeg({ quality: 70, progressive: true })],
    ['jpg', image().toColorspace('cmyk').jpeg()],
    ['jpg', gray().jpeg({ chromaSubsampling: '4:4:4' })],
    ['png', image().png()],
    ['png', image().png({ palette: true, colors: 32 })],
    ['png', gray().toColorspace('grey16').png()],
    ['webp', image().webp({ quality: 70 })],
    ['webp', image().webp({ lossless: true })],
    ['webp', moving().webp()],
    ['tif', image().tiff({ compression: 'none' })],
    ['tif', image().tiff({ compression: 'lzw' })],
    ['tif', moving().tiff({ compression: 'deflate' })],
    ['tif', image().tiff({ compression: 'jpeg' })],
    ['gif', image().gif({ colors: 32 })],
    ['gif', moving().gif({ colors: 32 })],
    ['avif', image().avif({ quality: 60, effort: 0 })],
  ];
  const encoded = made.map(async ([extension, picture]) => ({
    extension,
    bytes: await picture.toBuffer(),
  }));
  const { data, info } = await image().removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const bitmap = { extension: 'bmp', bytes: encodeBmp(data, info.width, info.height) };
  return [...(await Promise.all(encoded)), bitmap];
}

/** Turned within its own frame. */
async function turned(png: Buffer, angle: number): Promise<Buffer> {
  const { width = 1, height = 1 } = await sharp(png).metadata();
  return sharp(png).rotate(angle).resize(width, height, { fit: 'fill' }).png().toBuffer();
}

/** 24 bits a pixel, rows from the bottom up. */
function encodeBmp(rgb: Buffer, width: number, height: number): Buffer {
  const stride = Math.ceil((width * 3) / 4) * 4;
  const out = Buffer.alloc(54 + stride * height);
  out.write('BM', 'latin1');
  out.writeUInt32LE(out.length, 2);
  out.writeUInt32LE(54, 10);
  out.writeUInt32LE(40, 14);
  out.writeInt32LE(width, 18);
  out.writeInt32LE(height, 22);
  out.writeUInt16LE(1, 26);
  out.writeUInt16LE(24, 28);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = 54 + (height - 1 - y) * stride + 3 * x;
      for (let c = 0; c < 3; c++) out[at + c] = rgb[(y * width + x) * 3 + 2 - c] ?? 0;
    }
  }
  return out;
}
