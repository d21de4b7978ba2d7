/** Decoded pixels: `data` is HWC, RGB, 8 bits a channel, rows from the top without padding (`width * height * 3` bytes). */
export interface RgbImage {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** Decoded pixels of any number of channels: HWC, 8 bits each, rows from the top without padding. */
export interface ChannelImage extends RgbImage {
  readonly channels: number;
}
