import { jackknifeInterval } from '../../shared/intervals/jackknife-interval.ts';
import type { FormPrecision } from '../precision/form-precision.ts';
import type { FormJackknife, Jackknife } from '../precision/jackknife.ts';
import type { Precision } from '../precision/precision-accumulator.ts';
import { confidenceAt, curvePoints, type PrecisionCurves } from '../precision/precision-curves.ts';
import type { AveragePrecision } from '../result/evaluation.ts';
import type { Figure } from '../result/figure.ts';

export interface PrecisionContext {
  readonly precision: Precision;
  readonly jackknife: Jackknife;
  /** The name of each of the jackknife's block numbers. */
  readonly blocks: readonly string[];
  /** Names of all blocks of the evaluation. */
  readonly names: readonly string[];
  /** Figure -> its value without each block, in the order of `names`: filled here. */
  readonly without: Record<string, number[]>;
  /** Boxes are known from a higher score on than `val` takes them. */
  readonly isAbove: boolean;
  /** Images whose candidates cannot be read. */
  readonly lost: number;
}

/** What figures of each form begin with. */
const prefixOf = { box: '', mask: 'mask_', keypoints: 'pose_', rotated: '' } as const;

/** Average precision over all classes, by form. */
export function allPrecisions(context: PrecisionContext): AveragePrecision[] {
  return context.precision.forms.map((form, place) => {
    const left = context.jackknife.forms[place];
    const labels = form.classes.reduce((sum, one) => sum + one.labels, 0);
    return {
      form: form.form,
      ...averages(context, form, { left, suffix: '', labels, found: form }),
      ...(form.best && { best: rounded(form.best) }),
      ...(form.curves && { curve: curveOf(form.curves) }),
    };
  });
}

/** Of one class; its figures have no value where it has no labels. */
export function classPrecisions(
  context: PrecisionContext,
  classId: number,
  name: string,
): AveragePrecision[] {
  return context.precision.forms.map((form, place) => {
    const found = form.classes.find((one) => one.classId === classId);
    const left = context.jackknife.forms[place]?.classes.find((one) => one.classId === classId);
    const labels = found?.labels ?? 0;
    return {
      form: form.form,
      ...averages(context, form, { left, suffix: `.${name}`, labels, found }),
      ...(found && { best: rounded(found.best), curve: curveOf(found.curves) }),
    };
  });
}

type Left = Pick<FormJackknife, 'all' | 'ap50' | 'ap50To95'>;

interface Found {
  readonly left: Left | undefined;
  readonly suffix: string;
  readonly labels: number;
  readonly found: { readonly ap50: number | null; readonly ap50To95: number | null } | undefined;
}

function averages(
  context: PrecisionContext,
  { form, lacking }: Pick<FormPrecision, 'form' | 'lacking'>,
  { left, suffix, labels, found }: Found,
): Pick<AveragePrecision, 'ap50' | 'ap50To95'> {
  const why = whyNone(context, form, lacking);
  const figure = (name: 'ap50' | 'ap50To95', called: string): Figure => {
    const value = why === undefined ? (found?.[name] ?? null) : null;
    if (value === null) {
      return {
        value,
        n: labels,
        of: 'objects',
        why: why ?? `There is no label${suffix === '' ? '' : ' of it'}.`,
      };
    }
    const values = withoutEach(context, left?.[name]);
    if (values !== undefined) context.without[called + suffix] = values;
    const known = (left?.[name] ?? []).flatMap((one) => (one === null ? [] : [withoutNoise(one)]));
    return {
      value,
      n: labels,
      of: 'objects',
      ...jackknifeInterval(value, known, { range: [0, 1] }),
    };
  };
  const [fifty, mean] = precisionNames(form, context.isAbove);
  return { ap50: figure('ap50', fifty), ap50To95: figure('ap50To95', mean) };
}

/** Sums in another order differ in their last bits, and that is not a spread. */
function withoutNoise(value: number): number {
  return Math.round(value * 1e12) / 1e12;
}

/** What the figures of a form are called; `isAbove`: over boxes above a threshold only. */
export function precisionNames(
  form: AveragePrecision['form'],
  isAbove: boolean,
): readonly [ap50: string, ap50To95: string] {
  const [fifty, mean] = isAbove ? aboveNames : usualNames;
  return [prefixOf[form] + fifty, prefixOf[form] + mean];
}

const usualNames = ['map50', 'map50_95'] as const;
/** So that nobody sets them beside `val`'s. */
const aboveNames = ['ap_above', 'ap_above_50_95'] as const;

function whyNone(
  { lost }: PrecisionContext,
  form: FormPrecision['form'],
  lacking: number,
): string | undefined {
  if (lost > 0)
    return `The candidates of ${lost} ${lost === 1 ? 'image' : 'images'} cannot be read.`;
  if (lacking === 0) return undefined;
  const what = form === 'keypoints' ? 'keypoints' : 'outline';
  return `${lacking} ${lacking === 1 ? 'label has' : 'labels have'} no ${what}.`;
}

/** In the order of all blocks; `undefined` where a block holds all labels, so that nothing is left without it. */
function withoutEach(
  { jackknife, blocks, names }: PrecisionContext,
  values: readonly (number | null)[] | undefined,
): number[] | undefined {
  const byName = new Map(jackknife.blocks.map((number, i) => [blocks[number], values?.[i]]));
  const ordered = names.map((name) => byName.get(name));
  return ordered.every((one) => typeof one === 'number') ? ordered : undefined;
}

/** Points of a curve that are kept. */
const keptPoints = 101;

function curveOf({
  precision,
  recall,
  f1,
}: PrecisionCurves): NonNullable<AveragePrecision['curve']> {
  const points = Array.from({ length: keptPoints }, (_, i) =>
    Math.round((i * (curvePoints - 1)) / (keptPoints - 1)),
  );
  const at = (values: Float64Array) => points.map((point) => round(values[point] ?? 0));
  return {
    thresholds: points.map((point) => round(confidenceAt(point))),
    ...{ precision: at(precision), recall: at(recall), f1: at(f1) },
  };
}

function rounded(
  best: NonNullable<AveragePrecision['best']>,
): NonNullable<AveragePrecision['best']> {
  const { threshold, f1, precision, recall } = best;
  return { threshold, f1, precision, recall };
}

function round(value: number): number {
  return Math.round(value * 1e5) / 1e5;
}
