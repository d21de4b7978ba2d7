/**
 * Memory for prepared inputs, shared by all threads and used again for image after image: fresh pages and collecting them cost more than a
 * copy of the pixels. There are as many slots as were ever in use at once, so bounding the images in flight bounds them.
 */
export class PixelSlots {
  readonly #slotBytes: number;
  readonly #free: SharedArrayBuffer[] = [];

  constructor(slotBytes: number) {
    this.#slotBytes = slotBytes;
  }

  /** Lends a slot, with its old content, to `work` until that settles. */
  async lend<Value>(
    work: (pixels: Uint8Array<SharedArrayBuffer>) => Promise<Value>,
  ): Promise<Value> {
    const slot = this.#free.pop() ?? new SharedArrayBuffer(this.#slotBytes);
    try {
      return await work(new Uint8Array(slot));
    } finally {
      this.#free.push(slot);
    }
  }
}
