/**
 * What counts as an image by name: the 13 that Ultralytics 8.4.190 takes (`IMG_FORMATS`), and GIF, JFIF, JPE, PFM and SVG. Some of them
 * cannot be decoded (PFM, SVG, raw data in DNG): they become rows that say so, because a silently skipped image is worse.
 */
const imageExtensions = new Set(
  'avif bmp dng gif heic heif jfif jp2 jpe jpeg jpg mpo pfm png svg tif tiff webp'.split(' '),
);

/** The extension without its dot, in lower case; empty when there is none. */
export function extensionOf(key: string): string {
  const name = key.slice(key.lastIndexOf('/') + 1);
  const dot = name.lastIndexOf('.');
  return dot <= 0 ? '' : name.slice(dot + 1).toLowerCase();
}

export function hasImageExtension(key: string): boolean {
  return imageExtensions.has(extensionOf(key));
}
