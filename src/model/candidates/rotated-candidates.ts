import { candidateRules, type SampleCandidates } from '../../shared/run/candidates.ts';
import { rotatedCorners } from '../../shared/run/rotated-corners.ts';
import { type AnchorAnswer, chosenClasses, columnsOf, finiteClasses } from './kept-candidates.ts';
import { suppressRotated } from './rotated-suppression.ts';

/** As `keptCandidates`, of rotated boxes: their threshold, and their suppression. `angles`: [anchors], radians. */
export function rotatedCandidates(
  { boxes, scores, angles }: AnchorAnswer & { readonly angles: Float32Array },
  maxDetections: number,
): SampleCandidates {
  const { rotatedConfThreshold, iouThreshold } = candidateRules;
  const answer = { boxes, scores, extras: angles };
  const found = finiteClasses(answer, rotatedConfThreshold);
  const sides = columnsOf(boxes, found.anchors, angles.length);
  const all = [...found.anchors].map((anchor, index) => ({
    centerX: sides[4 * index]!,
    centerY: sides[4 * index + 1]!,
    width: sides[4 * index + 2]!,
    height: sides[4 * index + 3]!,
    angle: angles[anchor]!,
    classId: found.classIds[index]!,
  }));
  const kept = suppressRotated(all, { iouThreshold, maxDetections: Number.POSITIVE_INFINITY });
  const chosen = Int32Array.from(kept.slice(0, maxDetections));
  const { classIds, scores: best } = chosenClasses(found, chosen);
  const rotated = Float32Array.from(
    Array.from(chosen, (index) => all[index]!).flatMap((one) => [
      ...[one.centerX, one.centerY, one.width, one.height, one.angle],
    ]),
  );
  return {
    ...{ count: chosen.length, cut: kept.length - chosen.length, classIds, scores: best },
    ...{ boxes: uprightBoxes(rotated), rotated },
  };
}

/**
 * The upright box around each rotated one, not clipped.
 *
 * @param rotated [n, 5]
 * @returns [n, 4]
 */
export function uprightBoxes(rotated: Float32Array): Float32Array {
  const boxes = new Float32Array((rotated.length / 5) * 4);
  for (let at = 0; at < rotated.length / 5; at++) {
    const [centerX = 0, centerY = 0, width = 0, height = 0, angle = 0] = rotated.subarray(5 * at);
    const corners = rotatedCorners({ centerX, centerY, width, height, angle });
    const across = corners.map(([x]) => x);
    const down = corners.map(([, y]) => y);
    const upright = [
      Math.min(...across),
      Math.min(...down),
      Math.max(...across),
      Math.max(...down),
    ];
    boxes.set(upright, 4 * at);
  }
  return boxes;
}
