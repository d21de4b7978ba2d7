import type { SampleCandidates } from '../../shared/run/candidates.ts';
import type { Detection } from '../../shared/run/detection.ts';
import type { LetterboxGeometry } from '../../shared/run/letterbox-geometry.ts';

/** Candidates above a score as detections: boxes in pixels of the original image, clipped to it. Masks and keypoints stay behind: objects are judged by their boxes. */
export function candidateDetections(
  { count, classIds, scores, boxes, rotated }: SampleCandidates,
  { width, height, newWidth, newHeight, left, top }: LetterboxGeometry,
  confThreshold: number,
): Detection[] {
  const [across, down] = [width / newWidth, height / newHeight];
  const x = (value = 0) => (value - left) * across;
  const y = (value = 0) => (value - top) * down;
  const within = (value: number, most: number) => Math.min(Math.max(value, 0), most);
  const detections: Detection[] = [];
  for (let i = 0; i < count; i++) {
    const score = scores[i] ?? 0;
    if (!(score > confThreshold)) continue;
    const at = boxes.subarray(4 * i, 4 * i + 4);
    const [centerX, centerY, wide = 0, high = 0, angle = 0] =
      rotated?.subarray(5 * i, 5 * i + 5) ?? [];
    detections.push({
      ...{ score, classId: classIds[i] ?? 0 },
      box: [
        ...([within(x(at[0]), width), within(y(at[1]), height)] as const),
        ...([within(x(at[2]), width), within(y(at[3]), height)] as const),
      ],
      ...(rotated && {
        rotated: {
          ...{ centerX: x(centerX), centerY: y(centerY), angle },
          ...{ width: wide * across, height: high * down },
        },
      }),
    });
  }
  return detections;
}
