import type { Headline } from '../../../report/summary/summary-schema.ts';
import { counted, listed, mapWords, twoDigits } from '../../../report/words/wording.ts';
import type {
  Comparison,
  ComparisonStep,
  FigureDifference,
  MeasureDifference,
} from '../comparison.ts';
import { fewestImages } from '../measure-differences.ts';
import {
  changeWords,
  differenceWords,
  figureValueWords,
  intervalWords,
  isClear,
  measureValueWords,
  shareWords,
} from './difference-words.ts';
import { driftedInputs, driftLines, driftTitle } from './drift-headlines.ts';
import { isBetterHigh } from './figure-words.ts';
import { imagesLine } from './images-line.ts';

type Words = Pick<Comparison, 'title' | 'headlines'>;

/** Figures of which the title can speak: of classes and of all of them, not of sizes. */
const telling = /^(recall|precision|top1)(\.[^@]*)?$|^(?:mask_|pose_)?map50$/;
/** Measures of which a headline can speak; each says where the heat or the objects are. */
const tellingMeasures =
  /^(?:label_attainable|box_attainable|entropy)_fused$|^(?:detections|confidence|layer_agreement)$/;
const mostFigures = 3;

/** What a comparison says first: the greatest change from the run before the last one to the last, and what else is clear. */
export function comparisonHeadlines(
  runs: Comparison['runs'],
  steps: readonly ComparisonStep[],
): Words {
  const last = steps.at(-1);
  if (last === undefined) throw new RangeError('A comparison has at least two runs.');
  const between = `${runs[last.from]?.label} -> ${runs[last.to]?.label}`;
  const changes = clearFigures(last);
  const [first, ...others] = changes;
  const measures = clearMeasures(last);
  const drifted = driftedInputs(last.drift);
  const isDrift = drifted.length > 0;
  const changed = first ? figureTitle(between, first) : measureTitle(between, last, measures[0]);
  const rest = first || isDrift ? measures : measures.slice(1);
  const sameModel = runs[last.from]?.model.sha256 === runs[last.to]?.model.sha256;
  return {
    title: isDrift ? driftTitle(between, drifted) : changed,
    headlines: [
      ...driftLines(last.drift, sameModel),
      ...progressLine(runs, steps, first),
      ...figureLines(isDrift ? undefined : first, isDrift ? changes : others),
      ...rest.slice(0, isDrift ? 0 : 2).map((one) => measureLine(one)),
      ...mapLines(last),
      imagesLine(last),
      ...last.caveats.map((text): Headline => ({ text, proof: 'method', tone: 'look' })),
    ],
  };
}

/** Fewer objects or images behind a figure of either run are no headline: one box that is right is a precision of 1. */
const fewestBehind = 10;

/** Those whose interval excludes 0, the greatest difference first. */
export function clearFigures(step: ComparisonStep): FigureDifference[] {
  return tellingFigures(step).filter(({ difference }) => difference && isClear(difference));
}

/** The greatest difference first. */
function tellingFigures({ figures }: ComparisonStep): FigureDifference[] {
  return figures
    .filter(({ name, difference }) => telling.test(name) && difference)
    .filter(({ from, to }) => Math.min(from.n, to.n) >= fewestBehind)
    .sort((a, b) => size(b) - size(a));
}

function size({ difference }: FigureDifference): number {
  return Math.abs(difference?.value ?? 0);
}

function figureTitle(between: string, one: FigureDifference): Headline {
  const text = `${between}: ${one.words} ${changeWords(one)}`;
  return { text, proof: 'classes', tone: toneOf(one) };
}

function toneOf({ name, difference }: FigureDifference): Headline['tone'] {
  const better = isBetterHigh(name);
  if (better === undefined || difference === undefined) return 'note';
  return difference.value > 0 === better ? 'fine' : 'look';
}

/** Of three runs and more, the title's figure in all of them: "Platelets recall over epoch5, epoch20 and final: 0 -> 0.12 -> 0.81." */
function progressLine(
  runs: Comparison['runs'],
  steps: readonly ComparisonStep[],
  first: FigureDifference | undefined,
): Headline[] {
  if (steps.length < 2 || first === undefined) return [];
  const named = steps.map(({ figures }) => figures.find(({ name }) => name === first.name));
  const values = [named[0]?.from.value, ...named.map((one) => one?.to.value)].map(
    (value) => value ?? null,
  );
  const all = values.map((value) => figureValueWords(first.name, value)).join(' -> ');
  const text = `${first.words} over ${listed(runs.map(({ label }) => label))}: ${all}.`;
  return [{ text, proof: 'progress', tone: 'note' }];
}

/** Of the figure in the title its interval; then what else changed clearly, in one sentence each way. */
function figureLines(
  first: FigureDifference | undefined,
  others: readonly FigureDifference[],
): Headline[] {
  const lines: Headline[] = first ? [intervalLine(first)] : [];
  const too = first ? ' too' : '';
  for (const tone of ['look', 'fine'] as const) {
    const some = others.filter((one) => toneOf(one) === tone).slice(0, mostFigures);
    if (some.length === 0) continue;
    const verb = tone === 'fine' ? `Better${too}` : 'Worse';
    const text = `${verb}: ${listed(some.map((one) => `${one.words} ${changeWords(one)}`))}.`;
    lines.push({ text, proof: 'figures', tone });
  }
  return lines;
}

/** What the figure of the title rests on. */
function intervalLine({ words, difference, to: { n, of } }: FigureDifference): Headline {
  const behind = counted(n, of === 'images' ? 'image' : 'labeled object');
  const interval = difference ? intervalWords(difference, shareWords) : 'no interval';
  return { text: `${words}: ${interval}, over ${behind}.`, proof: 'figures', tone: 'note' };
}

function clearMeasures({ measures }: ComparisonStep): MeasureDifference[] {
  const weight = ({ mean, scale }: MeasureDifference) => {
    const unit = scale === 'count' ? Math.max(1, mean.from) : 1;
    return Math.abs(mean.difference.value) / unit;
  };
  return measures
    .filter(({ column, mean }) => tellingMeasures.test(column) && isClear(mean.difference))
    .sort((a, b) => weight(b) - weight(a));
}

function measureTitle(
  between: string,
  step: ComparisonStep,
  measure: MeasureDifference | undefined,
): Headline {
  const { compared } = step.images;
  if (measure !== undefined) {
    const { words, mean } = measure;
    const change = `${measureValueWords(measure, mean.from)} -> ${measureValueWords(measure, mean.to)}`;
    const text = `${between}: ${words} ${change}, mean of ${counted(measure.n, 'image')}`;
    return { text, proof: 'measures', tone: 'note' };
  }
  if (compared > 0) return untoldTitle(between, step) ?? unchangedTitle(between, compared);
  return unpairedTitle(between, step);
}

/** Nothing is compared image by image: the figures and the drift of other images can still be told. */
function unpairedTitle(between: string, step: ComparisonStep): Headline {
  const { images, drift } = step;
  const isTold =
    drift?.verdict === 'no drift' || tellingFigures(step).some((one) => !isUntold(one.difference));
  if (isTold) {
    return { text: `${between}: no change beyond chance`, proof: 'method', tone: 'note' };
  }
  const text = images.unchanged > 0 ? 'no image was explained in both runs' : 'no image to compare';
  return { text: `${between}: ${text}`, proof: 'method', tone: 'note' };
}

function unchangedTitle(between: string, compared: number): Headline {
  const images = counted(compared, 'image');
  const text =
    compared < fewestImages
      ? `${between}: ${images} ${compared === 1 ? 'is' : 'are'} too few to tell of a change`
      : `${between}: no change that ${images} can show`;
  return { text, proof: 'measures', tone: 'note' };
}

/** Where intervals are lacking, nothing says that there is no change: the greatest difference without one, and why it has none. */
function untoldTitle(between: string, step: ComparisonStep): Headline | undefined {
  const [figure] = tellingFigures(step).filter(({ difference }) => isUntold(difference));
  if (figure !== undefined) {
    const why = clause(figure.difference?.why);
    const text = `${between}: ${figure.words} ${changeWords(figure)} cannot be told from chance${why}`;
    return { text, proof: 'figures', tone: 'look' };
  }
  const [measure] = step.measures.filter(({ mean }) => isUntold(mean.difference));
  if (measure === undefined) return undefined;
  const text = `${between}: whether anything changed cannot be told${clause(measure.mean.difference.why)}`;
  return { text, proof: 'measures', tone: 'look' };
}

function isUntold(difference: FigureDifference['difference']): boolean {
  return difference !== undefined && difference.value !== 0 && difference.interval === undefined;
}

function clause(why: string | undefined): string {
  return why === undefined
    ? ''
    : `: ${why.charAt(0).toLowerCase()}${why.slice(1).replace(/\.$/, '')}`;
}

function measureLine(one: MeasureDifference): Headline {
  const { words, mean } = one;
  const text = `${words[0]?.toUpperCase()}${words.slice(1)}: mean ${measureValueWords(one, mean.from)} -> ${measureValueWords(one, mean.to)}, difference ${differenceWords(mean.difference)} over ${counted(one.n, 'image')}.`;
  return { text, proof: 'measures', tone: 'note' };
}

function mapLines({ maps }: ComparisonStep): Headline[] {
  const layers = maps?.layers.filter(({ map }) => map !== 'fused') ?? [];
  const [least] = [...layers].sort((a, b) => a.similarity.median - b.similarity.median);
  if (maps === undefined || least === undefined) return [];
  const { median } = least.similarity;
  const text =
    median > 0.995
      ? 'The maps are the same in the typical image.'
      : `The maps of ${mapWords(least.map)} changed most: their likeness is ${twoDigits(median)} in the typical image (1: the same map, 0: unrelated).`;
  return [{ text, proof: 'maps', tone: 'note' }];
}
