import { classColorHex } from '../../shared/catalog/class-color.ts';
import { rotatedCorners } from '../../shared/run/rotated-corners.ts';
import { type Html, html } from '../html/html.ts';
import { shortClassName } from '../words/class-words.ts';
import type { GalleryCard } from './gallery-card.ts';

/** Labels of the enlarged view with class and score, at the objects' upper left, rotated ones' highest corner, in percent of the picture. */
export function labelData(
  { row, width, height }: GalleryCard,
  names: readonly string[],
): Html | undefined {
  if (row.detections.length === 0) return undefined;
  const share = (value: number, of: number) => Number(((value / of) * 100).toFixed(1));
  const labels = row.detections.slice(0, 60).map(({ box, rotated, score, classId }) => {
    const corners = rotated === undefined ? [] : [...rotatedCorners(rotated)];
    const [x, y] = corners.sort((a, b) => a[1] - b[1])[0] ?? box;
    const text = `${shortClassName({ classId, name: names[classId] ?? '' })} ${score.toFixed(2)}`;
    return [
      share(Math.max(0, x), width),
      share(Math.max(0, y), height),
      text,
      classColorHex(classId),
    ];
  });
  return html` data-labels="${JSON.stringify(labels)}"`;
}
