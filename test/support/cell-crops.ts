import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { repositoryRoot } from './cache-folder.ts';
import { seededRandom } from './seeded-random.ts';

export interface CellCrop {
  /** An encoded picture of `side` x `side` pixels. */
  readonly image: Buffer;
  /** YOLO: a line for each object whose center is inside. */
  readonly labels: string;
}

/** Pixels of the whole pictures. */
const [width, height] = [640, 480];
const folder = join(repositoryRoot, 'examples/blood-cells');

/** Squares cut out of the blood cells at random places, the same for the same seed: many small labeled pictures that differ as real ones do. */
export async function cellCrops(count: number, side: number, seed: number): Promise<CellCrop[]> {
  const random = seededRandom(seed);
  const whole = (below: number) => Math.floor(random() * below);
  const names = (await readdir(join(folder, 'images/test'))).sort();
  const places = Array.from({ length: count }, () => ({
    name: names[whole(names.length)] ?? '',
    left: whole(width - side),
    top: whole(height - side),
  }));
  return Promise.all(
    places.map(async ({ name, left, top }) => {
      const picture = sharp(join(folder, 'images/test', name));
      const square = picture.extract({ left, top, width: side, height: side });
      const text = await readFile(join(folder, 'labels/test', name.replace(/jpg$/, 'txt')), 'utf8');
      const lines = text.split('\n').flatMap((line) => inside(line, left, top, side) ?? []);
      return { image: await square.png().toBuffer(), labels: `${lines.join('\n')}\n` };
    }),
  );
}

/** The same pictures by less light. */
export async function darkened(crops: readonly CellCrop[]): Promise<CellCrop[]> {
  return Promise.all(
    crops.map(async ({ image, labels }) => ({
      image: await sharp(image).linear(0.5, 0).png().toBuffer(),
      labels,
    })),
  );
}

function inside(line: string, left: number, top: number, side: number): string | undefined {
  const [classId = 0, cx = 0, cy = 0, w = 0, h = 0] = line.split(' ').map(Number);
  const [x, y] = [cx * width - left, cy * height - top];
  if (line === '' || x < 0 || y < 0 || x >= side || y >= side) return undefined;
  const span = (center: number, size: number) => [
    Math.max(0, center - size / 2),
    Math.min(side, center + size / 2),
  ];
  const [[x0 = 0, x1 = 0], [y0 = 0, y1 = 0]] = [span(x, w * width), span(y, h * height)];
  const box = [(x0 + x1) / 2, (y0 + y1) / 2, x1 - x0, y1 - y0].map((value) => value / side);
  return [classId, ...box].join(' ');
}
