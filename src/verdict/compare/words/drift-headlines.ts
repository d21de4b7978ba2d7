import type { Headline } from '../../../report/summary/summary-schema.ts';
import { listed, twoDigits } from '../../../report/words/wording.ts';
import { sampleColumns } from '../../../shared/catalog/measure-column.ts';
import type { Drift, DriftMeasure } from '../../drift/drift.ts';

/** Inputs in the order in which a title names them: what spoils images most often first. */
const inputOrder: readonly string[] = [
  sampleColumns.sharpness,
  sampleColumns.brightness,
  sampleColumns.contrast,
  sampleColumns.colorfulness,
];
const mostNamed = 3;

/** Measures of the pixels that drifted. */
export function driftedInputs(drift: Drift | undefined): DriftMeasure[] {
  const place = ({ measure }: DriftMeasure) => {
    const at = inputOrder.indexOf(measure);
    return at < 0 ? inputOrder.length : at;
  };
  return (drift?.measures ?? [])
    .filter(({ family, drifted }) => family === 'inputs' && drifted)
    .sort((a, b) => place(a) - place(b));
}

/** "before -> after: the images drifted: sharpness 0.21 -> 0.04 and brightness 0.6 -> 0.33" */
export function driftTitle(between: string, inputs: readonly DriftMeasure[]): Headline {
  const named = inputs.slice(0, mostNamed).map((one) => `${one.words} ${medians(one)}`);
  return { text: `${between}: the images drifted: ${listed(named)}`, proof: 'drift', tone: 'look' };
}

function medians({ tests }: DriftMeasure): string {
  const [first] = [...tests].sort((a, b) => a.adjusted - b.adjusted);
  if (first === undefined) return '';
  const [before, now] = first.quantiles;
  return `${twoDigits(before[1])} -> ${twoDigits(now[1])}`;
}

/** What the drift tests say, a sentence for the inputs and one for the rest. */
export function driftLines(drift: Drift | undefined, sameModel: boolean): Headline[] {
  if (drift === undefined) return [];
  const inputs = driftedInputs(drift);
  const said = inputs.flatMap(({ sentence }) => sentence?.replace(/:.*$/s, '') ?? []);
  const lines: Headline[] = [];
  if (said.length > 0) {
    // "images are darker", said once of the images.
    const [first = '', ...more] = said;
    const text = `${capitalized(listed([first, ...more.map((one) => one.replace(/^images /, ''))]))}.`;
    const next = 'Look at the worst examples, and at how the images are taken.';
    lines.push({ text, next, proof: 'drift', tone: 'look' });
  } else {
    const calm = drift.families.find(({ family }) => family === 'inputs')?.verdict;
    const text =
      calm === 'no drift'
        ? 'The pixels of the images show no drift.'
        : 'Too few images are new to say whether they drifted.';
    lines.push({ text, proof: 'drift', tone: calm === 'no drift' ? 'fine' : 'note' });
  }
  const rest = drift.measures.filter(({ family, drifted }) => drifted && family !== 'inputs');
  if (rest.length === 0 || !sameModel) return lines;
  const some = rest.slice(0, mostNamed).map((one) => `${one.words} ${medians(one)}`);
  lines.push({ text: `It shows in ${listed(some)}.`, proof: 'drift', tone: 'look' });
  return lines;
}

function capitalized(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
