import type { AveragePrecision, DetectionEvaluation } from '../../evaluate/result/evaluation.ts';
import { scoreWords } from '../findings/score-words.ts';
import { type Html, html } from '../html/html.ts';

type Curve = NonNullable<AveragePrecision['curve']>;

const [left, top, width, height] = [36, 8, 316, 160];
const ticks = [0, 0.25, 0.5, 0.75, 1];

/** Precision, recall and F1 over the confidence from which boxes count; nothing where the evaluation has no curve. */
export function scoreCurves({ precisions: [main] }: DetectionEvaluation): Html | undefined {
  const curve = main?.curve;
  if (main === undefined || curve === undefined || curve.thresholds.length < 2) return undefined;
  const { best } = main;
  const finding =
    best === undefined
      ? 'Precision, recall and F1 by confidence'
      : `F1 is best from confidence ${scoreWords(best.threshold)} on: ${scoreWords(best.f1)}, precision ${scoreWords(best.precision)}, recall ${scoreWords(best.recall)}`;
  return html`<div><h3 class="part">By confidence</h3><figure class="chart panel"><h4>${finding}</h4><p class="small">Means over the classes with labels, at IoU 0.5, for all boxes from a confidence on. <span class="line-key precision">precision</span> <span class="line-key recall">recall</span> <span class="line-key f1">F1</span></p>${drawing(curve, best?.threshold, finding)}</figure></div>`;
}

function drawing(curve: Curve, best: number | undefined, name: string): Html {
  const grid = ticks.map(
    (tick) =>
      html`<path class="grid" fill="none" stroke="#d5dae2" d="M${x(tick)} ${top}V${top + height}M${left} ${y(tick)}H${left + width}"/><text x="${x(tick)}" y="${top + height + 16}" text-anchor="middle">${tick}</text><text x="${left - 6}" y="${y(tick) + 4}" text-anchor="end">${tick}</text>`,
  );
  const line = (kind: 'precision' | 'recall' | 'f1', stroke: string) =>
    html`<path class="curve ${kind}" fill="none" stroke="${stroke}" d="${pathOf(curve.thresholds, curve[kind])}"/>`;
  return html`<svg viewBox="0 0 360 206" role="img" aria-label="${name}">${grid}${best !== undefined && html`<path class="even" fill="none" stroke="#1a1d23" d="M${x(best)} ${top}V${top + height}"/>`}${line('precision', '#3f6fb5')}${line('recall', '#b8651b')}${line('f1', '#1a1d23')}<text x="${left + width / 2}" y="202" text-anchor="middle">boxes from this confidence on</text></svg>`;
}

/** At most about 200 points: more than the pixels of a card show. */
function pathOf(thresholds: readonly number[], values: readonly number[]): string {
  const step = Math.ceil(thresholds.length / 200);
  const points = thresholds.flatMap((threshold, i) =>
    i % step === 0 || i === thresholds.length - 1 ? [`${x(threshold)} ${y(values[i] ?? 0)}`] : [],
  );
  return `M${points.join('L')}`;
}

function x(share: number): number {
  return Number((left + share * width).toFixed(1));
}

function y(share: number): number {
  return Number((top + (1 - share) * height).toFixed(1));
}
