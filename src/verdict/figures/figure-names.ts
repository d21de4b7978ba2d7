import { objectSizes } from '../../evaluate/result/object-row.ts';
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

/** Every name that a figure of labels may have in a run of these classes. */
export function labelFigureNames(classNames: readonly string[]): Set<string> {
  const subjects = ['', ...classNames.map((name) => `.${name}`)];
  const sizes = ['', ...objectSizes.map((size) => `@${size}`)];
  return new Set(
    ofLabels.flatMap((base) => subjects.flatMap((of) => sizes.map((size) => base + of + size))),
  );
}

/** Names like one that no run can have, whatever its classes are called; `undefined` for one that some run may have. Known without a model. */
export function impossibleFigure(name: string): string[] | undefined {
  // Everything behind the first dot may be a class.
  const [, base = name, subject] = /^([^.]*)\.(.*)$/s.exec(name) ?? [];
  if (subject === '') return nearNames(base, [...ofLabels, ...ofImages]);
  return unknownFigure(name, subject === undefined ? [] : [subject]);
}

/** Names like one that no run of these classes can have; `undefined` for one that a run may have. Known before there is a run. */
export function unknownFigure(name: string, classNames: readonly string[]): string[] | undefined {
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
  return nearNames(name, [...known, ...(isMeasured ? measured : [])]);
}
