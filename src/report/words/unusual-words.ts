import { parseColumn } from '../../shared/catalog/measure-column.ts';
import type { UnusualMeasure } from '../../shared/statistics/outlier-rule.ts';
import { counted, figure, listed, mapWords } from './wording.ts';

/** Measures named in one sentence. */
const mostNamed = 2;

/** "agreement of the layers 0.02 where 0.21 is usual"; of many measures the most unusual. Empty where nothing is. */
export function unusualWords(unusual: readonly UnusualMeasure[]): string {
  const named = unusual.slice(0, mostNamed).map(({ measure, value, usual }) => {
    return `${measureWords(measure)} ${figure(value)} where ${figure(usual)} is usual`;
  });
  const others = unusual.length - named.length;
  return listed(others > 0 ? [...named, counted(others, 'more measure')] : named);
}

/** Of the fused map, which an image is judged by, without its name. */
export function measureWords(column: string): string {
  const { kind, map } = parseColumn(column) ?? {};
  if (kind === undefined) return column;
  return map === undefined || map === 'fused' ? kind.words : `${kind.words} of ${mapWords(map)}`;
}
