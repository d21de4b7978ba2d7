import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';

export interface ImageFiles {
  readonly folder: string;
  readonly count: number;
  /** Size of the pictures; the blood cells are enlarged to it. */
  readonly width: number;
  readonly height: number;
}

const source = 'examples/blood-cells/images/test';

/**
 * Fills a folder with distinct JPEG files: the blood-cell photographs at the wanted size, each copy with a comment of its own
 * (a COM segment after the start marker), so that no two files have the same bytes and all cost what a photograph costs.
 */
export async function makeImageFiles({ folder, count, width, height }: ImageFiles): Promise<void> {
  await mkdir(folder, { recursive: true });
  const names = (await readdir(source)).sort();
  const photos = await Promise.all(names.map((name) => photo(join(source, name), width, height)));
  for (let n = 0; n < count; n++) {
    const bytes = photos[n % photos.length];
    if (bytes === undefined) throw new Error(`no image in ${source}`);
    await writeFile(
      join(folder, `${String(n).padStart(6, '0')}.jpg`),
      withComment(bytes, `bench ${n}`),
    );
  }
}

async function photo(path: string, width: number, height: number): Promise<Buffer> {
  const bytes = await readFile(path);
  const { width: own, height: tall } = await sharp(bytes).metadata();
  if (own === width && tall === height) return bytes;
  return sharp(bytes).resize(width, height, { fit: 'fill' }).jpeg({ quality: 90 }).toBuffer();
}

function withComment(jpeg: Buffer, text: string): Buffer {
  const comment = Buffer.from(text);
  const header = Buffer.from([0xff, 0xfe, 0, 0]);
  header.writeUInt16BE(comment.length + 2, 2);
  return Buffer.concat([jpeg.subarray(0, 2), header, comment, jpeg.subarray(2)]);
}
