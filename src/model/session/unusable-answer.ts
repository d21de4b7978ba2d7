import { areFinite } from '../../shared/statistics/are-finite.ts';
import type { HeadOutputs } from './explain-session.ts';
import type { ImageOutputs } from './image-outputs.ts';

type LayerAnswer = ImageOutputs['layers'][number];

export const tooLarge = 'the activations are infinite, or too large for float32';

/** The highest class id that a row can hold, INT32. */
const highestClassId = 2 ** 31 - 1;

/**
 * Why nothing can be made of what the graph gave for one image, as a phrase; `undefined` when it can be interpreted. NaN and infinity come from
 * weights that are damaged or overflow (float16 ends at 65,504). This is the one place where they are looked for: an image is explained by finite
 * numbers or not at all. A layer beside others that are finite is left to `principalComponents`, which says that it shows nothing.
 */
export function unusableAnswer(
  { layers, head }: ImageOutputs,
  { confThreshold }: { readonly confThreshold: number },
): string | undefined {
  const reasons = layers.map(layerReason);
  if (reasons.length > 0 && reasons.every((reason) => reason !== undefined)) return reasons[0];
  return headReason(head, confThreshold);
}

/** Why a layer shows nothing, when that is because of numbers that are not finite. Its basis may be NaN where there is nothing to iterate on. */
export function layerReason({ energy, trace }: Pick<LayerAnswer, 'energy' | 'trace'>) {
  if (areFinite(energy) && Number.isFinite(trace)) return undefined;
  // The energy is the sum of squares: it overflows where the activations themselves do not yet.
  return energy.some(Number.isNaN) ? 'the activations are not finite numbers' : tooLarge;
}

function headReason(head: HeadOutputs, confThreshold: number): string | undefined {
  if (head.kind === 'classify') {
    return areFinite(head.probabilities) ? undefined : notFinite('class probabilities');
  }
  return head.kind === 'nms' ? rowsReason(head, confThreshold) : anchorsReason(head, confThreshold);
}

type Anchors = Extract<HeadOutputs, { readonly kind: 'detect' }>;

function anchorsReason({ boxes, scores }: Anchors, confThreshold: number): string | undefined {
  if (!areFinite(scores)) return notFinite('scores');
  const anchors = scores.length;
  for (let anchor = 0; anchor < anchors; anchor++) {
    if (!((scores[anchor] ?? 0) > confThreshold)) continue;
    for (let at = anchor; at < boxes.length; at += anchors) {
      if (!Number.isFinite(boxes[at])) return notFinite('boxes');
    }
  }
  return undefined;
}

function rowsReason(
  { rows, columns }: { readonly rows: Float32Array; readonly columns: number },
  confThreshold: number,
): string | undefined {
  for (let start = 0; start + columns <= rows.length; start += columns) {
    const score = rows[start + 4] ?? 0;
    if (!Number.isFinite(score)) return notFinite('scores');
    if (score <= confThreshold) continue;
    if (!areFinite(rows.subarray(start, start + 4))) return notFinite('boxes');
    const classId = Math.round(rows[start + 5] ?? 0);
    if (!(classId >= 0 && classId <= highestClassId))
      return 'the model named a class that cannot be';
  }
  return undefined;
}

function notFinite(what: string): string {
  return `the model's ${what} are not finite numbers`;
}
