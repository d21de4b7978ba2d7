import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { seededRandom } from './random.ts';

type Damage = (bytes: Uint8Array, random: () => number) => Uint8Array;

const source = 'examples/blood-cells/images/test';

const damages: readonly Damage[] = [
  (bytes, random) => bytes.subarray(0, Math.floor(random() * bytes.length)),
  (bytes, random) => flipped(bytes, random, 1),
  (bytes, random) => flipped(bytes, random, 200),
  (bytes, random) => flipped(bytes, () => (random() * 80) / bytes.length, 4),
  (bytes, random) => {
    const holed = Uint8Array.from(bytes);
    const at = Math.floor(random() * bytes.length);
    return holed.fill(0, at, at + Math.floor((random() * bytes.length) / 4));
  },
  (bytes) => Buffer.concat([bytes, bytes]),
];

/**
 * Fills a folder with `count` pictures in six formats, each damaged in one of six ways, the same ones each time, and with `bombs` small PNG files
 * of almost 100 million pixels, which are whole.
 */
export async function makeDamagedFiles(
  folder: string,
  { count, bombs }: { readonly count: number; readonly bombs: number },
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const random = seededRandom(1);
  const whole = await encodings();
  for (let n = 0; n < count; n++) {
    const { extension, bytes } = whole[n % whole.length]!;
    const damage = damages[Math.floor(n / whole.length) % damages.length]!;
    await writeFile(join(folder, `${numbered(n)}.${extension}`), damage(bytes, random));
  }
  for (let n = 0; n < bombs; n++) {
    const create = { width: 9900 + n, height: 10_000, channels: 3, background: 'gray' } as const;
    const bomb = sharp({ create, limitInputPixels: false }).png({ compressionLevel: 9 });
    await bomb.toFile(join(folder, `${numbered(Math.floor((n * count) / bombs))}-bomb.png`));
  }
}

async function encodings(): Promise<{ extension: string; bytes: Uint8Array }[]> {
  const photos = (await readdir(source)).sort().slice(0, 4);
  const all = photos.flatMap(async (name) => {
    const photo = sharp(await readFile(join(source, name)));
    const formats = ['jpeg', 'png', 'webp', 'gif', 'tiff', 'avif'] as const;
    return Promise.all(
      formats.map(async (extension) => ({
        extension,
        bytes: await photo.clone().toFormat(extension).toBuffer(),
      })),
    );
  });
  return (await Promise.all(all)).flat();
}

function flipped(bytes: Uint8Array, random: () => number, bits: number): Uint8Array {
  const changed = Uint8Array.from(bytes);
  for (let bit = 0; bit < bits; bit++) {
    const at = Math.floor(random() * changed.length);
    changed[at] = (changed[at] ?? 0) ^ (1 << (bit % 8));
  }
  return changed;
}

function numbered(n: number): string {
  return String(n).padStart(6, '0');
}
