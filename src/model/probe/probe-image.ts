import { mulberry32 } from '../../shared/statistics/mulberry32.ts';

/** Cells of noise a side, coarse to fine, as shares of the image; amplitude falls with the size as in photographs. */
const octaves = [3, 6, 12, 24, 48, 96];
const objects = 12;

/**
 * A fixed image that looks somewhat like a photograph to a network: noise of all sizes, most of it coarse, alike in all channels but for a tint, and some disks with sharp edges.
 * The same numbers on every platform.
 *
 * @returns uint8 [C, H, W]
 */
export function probeImage(channels: number, height: number, width: number): Uint8Array {
  const random = mulberry32(7);
  const light = new Float32Array(height * width);
  for (const cells of octaves) addNoise(light, width, { cells, amplitude: 180 / cells, random });
  const image = new Uint8Array(channels * height * width);
  const tints = Array.from({ length: channels }, () => 0.7 + 0.6 * random());
  tints.forEach((tint, channel) => {
    const plane = image.subarray(channel * light.length, (channel + 1) * light.length);
    for (let i = 0; i < light.length; i++) plane[i] = inByte(128 + tint * light[i]!);
  });
  for (let count = 0; count < objects; count++) addDisk(image, { channels, height, width }, random);
  return image;
}

/** Bilinear between random values. */
function addNoise(
  light: Float32Array,
  width: number,
  { cells, amplitude, random }: { cells: number; amplitude: number; random: () => number },
): void {
  const height = light.length / width;
  const side = cells + 1;
  const values = Float32Array.from({ length: side * side }, () => amplitude * (2 * random() - 1));
  for (let y = 0; y < height; y++) {
    const row = (y / height) * cells;
    const top = Math.floor(row);
    const down = row - top;
    for (let x = 0; x < width; x++) {
      const column = (x / width) * cells;
      const left = Math.floor(column);
      const right = column - left;
      const at = top * side + left;
      const above = values[at]! * (1 - right) + values[at + 1]! * right;
      const below = values[at + side]! * (1 - right) + values[at + side + 1]! * right;
      light[y * width + x]! += above * (1 - down) + below * down;
    }
  }
}

function addDisk(
  image: Uint8Array,
  { channels, height, width }: { channels: number; height: number; width: number },
  random: () => number,
): void {
  const radius = (0.03 + 0.12 * random()) * Math.min(height, width);
  const [row, column] = [random() * height, random() * width];
  const colors = Array.from({ length: channels }, () => Math.floor(256 * random()));
  const [top, bottom] = [Math.max(0, row - radius), Math.min(height, row + radius)];
  for (let y = Math.ceil(top); y < bottom; y++) {
    const half = Math.sqrt(Math.max(0, radius * radius - (y - row) * (y - row)));
    const [from, to] = [Math.max(0, column - half), Math.min(width, column + half)];
    colors.forEach((color, channel) => {
      const start = (channel * height + y) * width;
      for (let x = Math.ceil(from); x < to; x++) image[start + x] = (image[start + x]! + color) / 2;
    });
  }
}

function inByte(value: number): number {
  return Math.max(0, Math.min(255, Math.round(value)));
}
