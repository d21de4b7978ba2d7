import { convergedResidual } from '../../shared/catalog/converged-residual.ts';
import type { ClassScore, Detection } from '../../shared/run/detection.ts';
import { classLabel, labelText } from '../overlay/draw-detections.ts';

/** One line below a panel; `look` marks what deserves a second look. */
export interface CaptionLine {
  readonly text: string;
  readonly tone: 'plain' | 'look';
}

/** One component of a layer as `eigenfleet explain` shows it. */
export interface FigureComponent {
  /** Counted from 1. */
  readonly index: number;
  /** Signed, row-major, on the layer's grid. */
  readonly map: Float32Array;
  /** In [0, 1]. */
  readonly explainedVariance: number;
  /** |correlation| with the L2 norm of the activations, in [0, 1]; NaN where a dataset's basis settled the sign. */
  readonly signMargin: number;
  /** Relative residual of the eigenvector; above `convergedResidual` it is not converged. */
  readonly residual: number;
  /** Why there is nothing to show: then the numbers are NaN. */
  readonly degenerateReason?: string;
}

/** "explained variance 34.2 %", then the certainty of its sign and its convergence. */
export function componentCaption(
  { explainedVariance, signMargin, residual, degenerateReason }: FigureComponent,
  uncertainBelow: number,
): readonly CaptionLine[] {
  if (degenerateReason !== undefined) return [look(`degenerate: ${degenerateReason}`)];
  const share = `${(100 * explainedVariance).toFixed(1)} %`;
  const lines: CaptionLine[] = [plain(`explained variance ${share}`)];
  lines.push(signCaption(signMargin, uncertainBelow));
  if (residual > convergedResidual)
    lines.push(look(`not converged (residual ${residual.toFixed(3)})`));
  return lines;
}

function signCaption(margin: number, uncertainBelow: number): CaptionLine {
  if (Number.isNaN(margin)) return plain('sign of the basis');
  const certainty = `sign certainty ${margin.toFixed(2)}`;
  return margin >= uncertainBelow ? plain(certainty) : look(`uncertain sign (${certainty})`);
}

/** "14 objects: 12 RBC, 1 WBC, 1 Platelets" or a classifier's best class. `detections`: `undefined` where the answer is not read. */
export function resultCaption(
  detections: readonly Detection[] | undefined,
  classScores: readonly ClassScore[] | undefined,
  classNames: readonly string[],
): string {
  const [best] = classScores ?? [];
  if (best) return `best class: ${labelText(best.classId, best.score, classNames)}`;
  if (detections === undefined) return 'the answer is not read';
  if (detections.length === 0) return 'no objects found';
  const counts = new Map<number, number>();
  for (const { classId } of detections) counts.set(classId, (counts.get(classId) ?? 0) + 1);
  const ranked = [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
  const named = ranked.slice(0, 4).map(([id, count]) => `${count} ${classLabel(id, classNames)}`);
  if (ranked.length > 4) named.push(`${ranked.length - 4} more classes`);
  const objects = detections.length === 1 ? '1 object' : `${detections.length} objects`;
  return `${objects}: ${named.join(', ')}`;
}

export function plain(text: string): CaptionLine {
  return { text, tone: 'plain' };
}

export function look(text: string): CaptionLine {
  return { text, tone: 'look' };
}
