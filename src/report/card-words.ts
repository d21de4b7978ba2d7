import type { SampleRow } from '../shared/sample-row.ts';
import { classCounts, className } from './class-words.ts';
import { counted, figure, percent } from './wording.ts';

/** One sentence on where the heat of an image lies and on what the model found. */
export function sentenceOf(row: SampleRow, classNames: readonly string[]): string {
  return `${capital(heatClause(row))}; ${foundClause(row, classNames)}.`;
}

function heatClause({ measures, flags }: SampleRow): string {
  const border = measures['borderShare.fused'];
  const inside = measures['energyInBoxes.fused'];
  if (flags.includes('blank-map')) return 'the map is blank';
  if (flags.includes('border-focus') && border !== undefined) {
    return `${percent(border)} of the heat lies along the border`;
  }
  if (flags.includes('diffuse')) return 'the heat is almost the same everywhere';
  if (inside !== undefined && measures.boxArea !== undefined) {
    return `${percent(inside)} of the heat lies inside the boxes, which cover ${percent(measures.boxArea)} of the image`;
  }
  const x = measures['centreX.fused'];
  const y = measures['centreY.fused'];
  if (x === undefined || y === undefined) return 'the place of the heat was not measured';
  return `the heat is centered ${percent(x)} across and ${percent(y)} down`;
}

function foundClause({ detections, classScores }: SampleRow, names: readonly string[]): string {
  const top = classScores[0];
  if (top !== undefined) {
    return `top class ${className({ classId: top.classId, name: names[top.classId] ?? '' })} (${figure(top.score)})`;
  }
  if (detections.length === 0) return 'no object found';
  return `${counted(detections.length, 'object')} found: ${classCounts(detections, names)}`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
