import { objectSizes } from '../../evaluate/result/object-row.ts';
import { listedSome } from '../../report/words/wording.ts';
import { flagNames } from '../../shared/catalog/flag-catalog.ts';
import { fusedColumns, parseColumn, sampleColumns } from '../../shared/catalog/measure-column.ts';
import { nearNames } from '../../shared/settings/near-names.ts';

/** Figures of labels, whatever class or size is named behind them. */
const ofLabels = [
  ...['precision', 'recall', 'f1', 'map50', 'map50_95', 'best_threshold', 'best_f1'],
  ...['ap_above', 'mask_map50', 'mask_map50_95', 'pose_map50', 'pose_map50_95'],
  ...['top1', 'top5', 'found', 'misses', 'false_positives', 'unjudged'],
  ...['background_lit', 'background_false_positives', 'background_evidence'],
  ...['lift', 'attainable', 'other_images_lift', 'pointed', 'relevance_rank', 'coverage'],
  'looked_at_misses',
] as const;

const ofImages = [
  ...['images', 'explained', 'failed', 'unreadable', 'set_aside', 'flagged', 'objects'],
  ...['failed_to_fetch', 'failed_to_decode', 'failed_to_infer', 'images_with_objects'],
] as const;

const ofClasses = ['objects', 'images_with_objects', 'median_confidence'] as const;
const ofMeasures = ['mean', 'median', 'p5', 'p25', 'p75', 'p95', 'min', 'max'] as const;

/** Classes that a hint names. */
const mostClasses = 8;

/** Every name that a figure of labels may have in a run of these classes. */
export function labelFigureNames(classNames: readonly string[]): Set<string> {
  const subjects = ['', ...classNames.map((name) => `.${name}`)];
  const sizes = ['', ...objectSizes.map((size) => `@${size}`)];
  return new Set(
    ofLabels.flatMap((base) => subjects.flatMap((of) => sizes.map((size) => base + of + size))),
  );
}

/** A hint on a name that no run can have, whatever its classes are called; `undefined` for one that some run may have. Known without a model. */
export function impossibleFigure(name: string): string | undefined {
  // Everything behind the first dot may be a class.
  const [, base = name, subject] = /^([^.]*)\.(.*)$/s.exec(name) ?? [];
  if (subject === '') return figureHint(base, [...ofLabels, ...ofImages], []);
  return unknownFigure(name, subject === undefined ? [] : [subject]);
}

/** A hint on a name that no run of these classes can have; `undefined` for one that a run may have. Known before there is a run. */
export function unknownFigure(name: string, classNames: readonly string[]): string | undefined {
  const known = labelFigureNames(classNames);
  for (const one of ofImages) known.add(one);
  for (const flag of flagNames) known.add(`flagged.${flag}`);
  for (const one of ofClasses) for (const of of classNames) known.add(`${one}.${of}`);
  if (known.has(name)) return undefined;
  const [, statistic = '', column = ''] = /^(\w+)\.(.+)$/.exec(name) ?? [];
  const isMeasured = ofMeasures.some((one) => one === statistic);
  if (isMeasured && parseColumn(column) !== undefined) return undefined;
  const columns = Object.values({ ...fusedColumns, ...sampleColumns });
  const measured = ofMeasures.flatMap((one) => columns.map((of) => `${one}.${of}`));
  return figureHint(name, [...known, ...(isMeasured ? measured : [])], classNames);
}

/** A sentence on a name that is unknown: names like it, and the classes where it is one of a class that there is not. */
export function figureHint(
  name: string,
  known: Iterable<string>,
  classNames: readonly string[],
): string {
  const [, base = ''] = /^([^.]+)\../.exec(name) ?? [];
  const isOfClass =
    classNames.length > 0 && [...ofLabels, ...ofClasses].some((one) => one === base);
  const likely = [...known].filter((one) => name.includes('@') || !one.includes('@'));
  const near = nearNames(name, likely).filter((one) => !isOfClass || one.startsWith(`${base}.`));
  const like = near.length > 0 ? [`Did you mean ${near.join(' or ')}?`] : [];
  if (isOfClass) return [...like, classHint(classNames)].join(' ');
  return like[0] ?? 'See docs/ci.md for the names.';
}

function classHint(classNames: readonly string[]): string {
  return `The classes are ${listedSome(classNames, mostClasses)}.`;
}
