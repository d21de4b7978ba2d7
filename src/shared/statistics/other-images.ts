/** Height and width of the frame on which images of any shape are compared. */
export const evidenceFrameSize = 32;
/** Fixed point of a frame's values: 12 bits. */
export const frameUnit = 4096;
/** Fixed point of a sum of lifts. */
export const liftUnit = 65536;

const cells = evidenceFrameSize * evidenceFrameSize;

/** Images, and the sum over them of the mean lift of the maps of all others, in units of 1 / `liftUnit`. */
export interface OtherImages {
  readonly images: number;
  readonly sum: number;
}

/**
 * The lift of the evidence of each image over the objects of every other image of its shard: the mean over all ordered pairs, from two sums of frames, because
 * the sum over pairs i and j of v_j r_i is the product of the sums less that of each image with itself. Whole numbers, so the order of images changes nothing.
 */
export class OtherImagesAccumulator {
  #images = 0;
  /** Of the products of each image with itself. */
  #own = 0;
  readonly #votes = new Float64Array(cells);
  readonly #regions = new Float64Array(cells);

  /** Frames in units of 1 / `frameUnit`; a frame that is the same everywhere has `frameUnit` in every cell. */
  add(votes: Int32Array, regions: Int32Array): void {
    this.#images += 1;
    let product = 0;
    for (let cell = 0; cell < cells; cell++) {
      const [vote, region] = [votes[cell] ?? 0, regions[cell] ?? 0];
      product += vote * region;
      this.#votes[cell] = (this.#votes[cell] ?? 0) + vote;
      this.#regions[cell] = (this.#regions[cell] ?? 0) + region;
    }
    this.#own += Math.round(liftOf(product) * liftUnit);
  }

  /** No image without another one to compare it with. */
  build(): OtherImages {
    const images = this.#images;
    if (images < 2) return { images: 0, sum: 0 };
    const product = this.#votes.reduce(
      (sum, votes, cell) => sum + votes * (this.#regions[cell] ?? 0),
      0,
    );
    const pairs = liftOf(product) * liftUnit - this.#own;
    return { images, sum: Math.max(0, Math.round(pairs / (images - 1))) };
  }
}

function liftOf(product: number): number {
  return product / (frameUnit * frameUnit) / cells;
}

/** The mean lift over other images' objects; `undefined` where no image had another one to compare it with. */
export function meanOtherLift({ images, sum }: OtherImages): number | undefined {
  return images === 0 ? undefined : sum / liftUnit / images;
}
