import { columnWords } from '../../report/words/wording.ts';
import type { MeasureScale } from '../../shared/catalog/measure-catalog.ts';
import { parseColumn, sampleColumns } from '../../shared/catalog/measure-column.ts';
import type { DriftFamily } from './drift.ts';
import { classSharePrefix, imageSize } from './drift-row.ts';

/** What a compared measure is. */
export interface DriftKind {
  readonly family: DriftFamily;
  readonly scale: MeasureScale;
  readonly words: string;
  /** How a sentence begins where the current run has more, and where it has less. */
  readonly more: string;
  readonly less: string;
}

type Words = readonly [more: string, less: string];

const sentences: Readonly<Record<string, Words>> = {
  [sampleColumns.brightness]: ['images are brighter', 'images are darker'],
  [sampleColumns.contrast]: ['images have more contrast', 'images have less contrast'],
  [sampleColumns.sharpness]: ['images are sharper', 'images are less sharp'],
  [sampleColumns.colorfulness]: ['images are more colorful', 'images are less colorful'],
  [imageSize.area]: ['images are larger', 'images are smaller'],
  [imageSize.aspect]: ['images are wider', 'images are narrower'],
  [sampleColumns.detections]: ['more objects are found', 'fewer objects are found'],
  [sampleColumns.confidence]: ['the model is surer', 'the model is less sure'],
};

/** Family, scale and words of what `driftValues` names. */
export function driftKind(name: string): DriftKind {
  if (name.startsWith(classSharePrefix)) {
    const ofClass = name.slice(classSharePrefix.length);
    const words = `share of ${ofClass}`;
    const more = `${ofClass} is more of what is found`;
    const less = `${ofClass} is less of what is found`;
    return { family: 'counts', scale: 'unit', words, more, less };
  }
  const words = wordsOf(name);
  const [more, less] = sentences[name] ?? [`${words} is higher`, `${words} is lower`];
  const kind = parseColumn(name)?.kind;
  return { family: familyOf(name), scale: kind?.scale ?? 'log2', words, more, less };
}

function wordsOf(name: string): string {
  if (name === imageSize.area) return 'pixels';
  if (name === imageSize.aspect) return 'width over height';
  return columnWords(name);
}

function familyOf(name: string): DriftFamily {
  const kind = parseColumn(name)?.kind;
  if (kind === undefined || kind.input) return 'inputs';
  if (kind.labeled) return 'labels';
  if (name === sampleColumns.confidence) return 'confidence';
  return name === sampleColumns.detections || name === sampleColumns.boxArea ? 'counts' : 'heat';
}

/** Least difference of one image that counts: half a bin of the scale's histograms. Smaller ones are of arithmetic on another device. */
export function leastDifference(scale: MeasureScale): number {
  if (scale === 'log2') return 1 / 64;
  return scale === 'count' ? 0 : 0.0005;
}

/** Where differences of pairs are taken: a factor is one on a scale of factors. */
export function onScale(value: number, scale: MeasureScale): number {
  return scale === 'log2' ? Math.log2(Math.max(value, 2 ** -10)) : value;
}
