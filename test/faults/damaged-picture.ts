import { flipBits, splice, withHole, withRepeat, withSwap } from './damage-bytes.ts';
import { pictureBombs } from './picture-bombs.ts';
import type { EncodedPicture } from './picture-pool.ts';
import { resizeHeader } from './resize-header.ts';
import { Seeded } from './seeded.ts';

/** A file that claims to be a picture. */
export interface DamagedPicture {
  /** Says what was done: `0012-flip8-png.png`. */
  readonly name: string;
  readonly bytes: Buffer;
}

type Damage = (
  picture: EncodedPicture,
  random: Seeded,
  pool: readonly EncodedPicture[],
) => Buffer | EncodedPicture;

const extensions = ['jpg', 'png', 'webp', 'tif', 'gif', 'bmp', 'avif'];
/** Widths and heights that a header may claim. */
const sizes = [
  ...[
    [0, 0],
    [0, 100],
    [1, 1],
    [65_535, 65_535],
    [65_500, 1],
    [1, 65_500],
  ],
  ...[
    [2 ** 31 - 1, 2 ** 31 - 1],
    [2 ** 32 - 1, 1],
    [30_000, 30_000],
    [9999, 10_000],
  ],
  ...[
    [10_001, 10_000],
    [16_383, 16_383],
  ],
] as const;

const damages: readonly (readonly [string, Damage])[] = [
  ['flip1', ({ bytes }, random) => flipBits(bytes, random, 1)],
  ['flip8', ({ bytes }, random) => flipBits(bytes, random, 8)],
  ['flip200', ({ bytes }, random) => flipBits(bytes, random, 200)],
  [
    'flip-head',
    ({ bytes }, random) => flipBits(bytes, random, 4, 0, Math.min(1, 80 / bytes.length)),
  ],
  ['cut', ({ bytes }, random) => bytes.subarray(0, random.int(bytes.length))],
  ['cut-tail', ({ bytes }, random) => bytes.subarray(0, bytes.length - 1 - random.int(63))],
  [
    'splice',
    ({ bytes }, random, pool) =>
      splice(bytes, random.pick(pool).bytes, random.next(), random.next()),
  ],
  ['same-splice', sameSplice],
  ['extension', ({ bytes }, random) => ({ bytes, extension: random.pick(extensions) })],
  ['size', (picture, random) => resizeHeader(picture, random.pick(sizes))],
  ['zeros', zeros],
  ['hole', ({ bytes }, random) => withHole(bytes, random)],
  ['noise', noise],
  ['append', append],
  ['repeat', ({ bytes }, random) => withRepeat(bytes, random)],
  ['swap', ({ bytes }, random) => withSwap(bytes, random)],
];

/** The damaged picture `index` of a campaign; it depends on nothing but the arguments. The first ones are small files of very many pixels. */
export function damagedPicture(
  seed: number,
  index: number,
  pool: readonly EncodedPicture[],
): DamagedPicture {
  const number = String(index).padStart(4, '0');
  const bomb = pictureBombs[index];
  if (bomb !== undefined) return { name: `${number}-${bomb.name}`, bytes: bomb.make() };
  const random = new Seeded(`${seed}/picture/${index}`);
  const [kind, damage] = damages[index % damages.length] ?? random.pick(damages);
  const picture = random.pick(pool);
  const made = damage(picture, random, pool);
  const { bytes, extension } = Buffer.isBuffer(made) ? { ...picture, bytes: made } : made;
  return { name: `${number}-${kind}-${picture.extension}.${extension}`, bytes };
}

/** Two files of one format, cut at the same share. */
function sameSplice(
  { bytes, extension }: EncodedPicture,
  random: Seeded,
  pool: readonly EncodedPicture[],
): Buffer {
  const twins = pool.filter((picture) => picture.extension === extension);
  const cut = random.next();
  return splice(bytes, random.pick(twins).bytes, cut, cut);
}

function zeros({ bytes }: EncodedPicture, random: Seeded): Buffer {
  const beginnings = [
    '',
    '\0',
    '\xff\xd8',
    '\xff\xd8\xff\xd9',
    'RIFF\0\0\0\0WEBP',
    'BM',
    'II*\0',
    '\0\0\0\x1cftypavif',
  ];
  return random.pick([
    ...beginnings.map((text) => Buffer.from(text, 'latin1')),
    Buffer.alloc(2 + random.int(5000)),
    Buffer.concat([bytes.subarray(0, 16), Buffer.alloc(bytes.length)]),
  ]);
}

function noise({ bytes }: EncodedPicture, random: Seeded): Buffer {
  if (random.next() < 0.3) return random.bytes(1 + random.int(8000));
  return Buffer.concat([bytes.subarray(0, 20), random.bytes(bytes.length)]);
}

function append(
  { bytes }: EncodedPicture,
  random: Seeded,
  pool: readonly EncodedPicture[],
): Buffer {
  const more = [random.pick(pool).bytes, random.bytes(5000), Buffer.from('<html>'.repeat(1000))];
  return Buffer.concat([bytes, random.pick(more)]);
}
