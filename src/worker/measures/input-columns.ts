import type { InputMeasures } from '../../image/input/input-measures.ts';
import { sampleColumns } from '../../shared/catalog/measure-column.ts';

const names = ['brightness', 'contrast', 'sharpness', 'colorfulness'] as const;

/** The measures of an image's pixels by column; NaN, which could not be taken, is left out. */
export function inputColumns(input: InputMeasures): Record<string, number> {
  const taken = names.filter((name) => Number.isFinite(input[name]));
  return Object.fromEntries(taken.map((name) => [sampleColumns[name], input[name]]));
}
