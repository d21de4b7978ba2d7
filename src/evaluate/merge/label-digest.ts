import { createHash } from 'node:crypto';
import type { SampleLabels } from '../../shared/run/labels/sample-labels.ts';

const modulus = 2n ** 256n;

/** What labels a whole dataset has, as one number: the sum of a sha256 of each image, so that shards add up in any order. */
export class LabelDigest {
  #sum = 0n;

  /** `undefined`: an image without labels, because it could not be explained. */
  add(key: string, labels: SampleLabels | undefined): void {
    const objects = labels?.objects.map((one) => [
      ...[one.classId, one.box, one.polygons ?? null, one.rle ? [one.rle.size, one.rle.counts] : 0],
      one.keypoints?.map(({ x, y, visibility }) => [x, y, visibility]) ?? null,
      one.rotated ? Object.entries(one.rotated).sort() : null,
      one.crowd ?? false,
    ]);
    const image = JSON.stringify([key, labels?.status ?? null, objects ?? null]);
    this.addHex(createHash('sha256').update(image).digest('hex'));
  }

  /** What another one packed: 64 hex digits. */
  addHex(hex: string): void {
    this.#sum = (this.#sum + BigInt(`0x${hex}`)) % modulus;
  }

  toHex(): string {
    return this.#sum.toString(16).padStart(64, '0');
  }
}
