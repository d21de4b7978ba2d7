import type { ClassEvidenceFigures } from '../../shared/run/evidence/class-evidence.ts';
import type { ObjectForm } from '../../shared/run/object-form.ts';
import { type CaptionLine, plain } from './figure-caption.ts';
import { shareText } from './share-text.ts';

/** What is said wherever a map of class evidence is drawn. */
export const evidenceCaveat =
  'Class evidence is where the model scores a class: its own score, not a cause.';

/** "Where the model scores RBC" */
export function evidenceTitle(label: string): string {
  return `Where the model scores ${label}`;
}

/** "class evidence, model.18, 20 x 20 cells", then how much of it lies in the model's own objects of the class. */
export function evidenceCaption(
  figures: ClassEvidenceFigures,
  label: string,
  form: ObjectForm | undefined,
): readonly CaptionLine[] {
  const { layer, gridWidth, gridHeight } = figures;
  const place = `class evidence, ${layer}, ${gridWidth} x ${gridHeight} cells`;
  return [place, ...evidenceWords(figures, label, form)].map(plain);
}

/**
 * Phrases on the figures of one class: its share with the area beside it, its lift with the ceiling, its share of the attainable.
 *
 * @param form `undefined` of a classifier, which has no objects
 */
export function evidenceWords(
  { low, high, inObjects }: ClassEvidenceFigures,
  label: string,
  form: ObjectForm | undefined,
): readonly string[] {
  if (form === undefined) {
    return [`parts of its logit: ${low.toFixed(2)} to ${high.toFixed(2)} a cell`];
  }
  if (inObjects === undefined) {
    return [`none found; at most ${high.toFixed(1)} logits above the median`];
  }
  const { share, area, lift, ceiling, attainable } = inObjects;
  const words = [
    `${shareText(share)} in the model's own ${form} of ${label}`,
    `these cover ${shareText(area)}: lift ${short(lift)} of at most ${short(ceiling)}`,
  ];
  return attainable === undefined
    ? [...words, 'self-agreement']
    : [...words, `${shareText(attainable)} of the attainable: self-agreement`];
}

/** Two or three digits. */
function short(value: number): string {
  return value.toFixed(value < 10 ? 1 : 0);
}
