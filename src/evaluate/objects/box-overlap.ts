import type { Xyxy } from '../../shared/run/detection.ts';

/** Intersection over union of every box with every other, [detections, objects]; with Ultralytics' epsilon. */
export function boxOverlap(
  detections: readonly { readonly box: Xyxy }[],
  objects: readonly { readonly box: Xyxy }[],
): Float64Array {
  const overlap = new Float64Array(detections.length * objects.length);
  let at = 0;
  for (const { box: a } of detections) {
    for (const { box: b } of objects) overlap[at++] = iouOf(a, b);
  }
  return overlap;
}

function iouOf(a: Xyxy, b: Xyxy): number {
  const across = Math.max(0, Math.min(a[2], b[2]) - Math.max(a[0], b[0]));
  const down = Math.max(0, Math.min(a[3], b[3]) - Math.max(a[1], b[1]));
  const both = across * down;
  return both / (areaOf(a) + areaOf(b) - both + 1e-7);
}

function areaOf([left, top, right, bottom]: Xyxy): number {
  return (right - left) * (bottom - top);
}
