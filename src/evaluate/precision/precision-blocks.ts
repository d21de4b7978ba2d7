/** Blocks of images that can be left out in turn. */
export const mostPrecisionBlocks = 128;
