import type { Xyxy } from '../../src/shared/run/detection.ts';

/** Intersection over union. */
export function boxOverlap(a: Xyxy, b: Xyxy): number {
  const width = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
  const height = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
  if (!(width > 0 && height > 0)) return 0;
  const shared = width * height;
  return shared / (areaOf(a) + areaOf(b) - shared);
}

function areaOf([left, top, right, bottom]: Xyxy): number {
  return (right - left) * (bottom - top);
}
