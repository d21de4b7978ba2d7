import type { Xyxy } from '../../shared/run/detection.ts';
import type { Region } from '../gallery/photos.ts';

/** Times the longer side of an object: as much around it as it is itself. */
const context = 2;
/** Pixels of the original: less would show nothing but blur. */
const shortest = 32;

/** The square around an object that a crop shows, moved into the image, and cut where the image is smaller. */
export function cropRegion(
  [left, top, right, bottom]: Xyxy,
  size: { readonly width: number; readonly height: number },
): Region {
  const side = Math.max(shortest, context * Math.max(right - left, bottom - top));
  const width = Math.min(size.width, side);
  const height = Math.min(size.height, side);
  return {
    left: within((left + right - width) / 2, size.width - width),
    top: within((top + bottom - height) / 2, size.height - height),
    ...{ width, height },
  };
}

function within(value: number, most: number): number {
  return Math.min(most, Math.max(0, value));
}

/** Whether a box reaches into a region. */
export function reachesInto(
  [left, top, right, bottom]: Xyxy,
  region: Pick<Region, 'left' | 'top' | 'width' | 'height'>,
): boolean {
  const across = left < region.left + region.width && right > region.left;
  return across && top < region.top + region.height && bottom > region.top;
}
