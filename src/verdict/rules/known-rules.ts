import { fusedColumns, parseColumn, sampleColumns } from '../../shared/catalog/measure-column.ts';
import { EigenfleetError } from '../../shared/errors.ts';
import { nearNames } from '../../shared/settings/near-names.ts';
import { isShare, leastShare } from '../compare/words/share-figures.ts';
import { driftFamilies } from '../drift/drift.ts';
import { classSharePrefix, imageSize } from '../drift/drift-row.ts';
import { impossibleFigure, unknownFigure } from '../figures/figure-names.ts';
import type { Rule } from './rule.ts';

/**
 * Checks the names of figures before a run is made, where a misspelled one would only be told hours later.
 *
 * @throws EigenfleetError `usage` for a figure that no run of a model with these classes has.
 */
export function assertKnownFigures(rules: readonly Rule[], classNames: readonly string[]): void {
  for (const rule of rules) {
    if (rule.kind !== 'figure') continue;
    const hint = unknownFigure(rule.figure, classNames);
    if (hint !== undefined) throw unknownFigureError(rule, hint);
  }
}

/**
 * Checks what of rules can be known without a model: figures and measures that no run has, and limits that no figure reaches.
 *
 * @throws EigenfleetError `usage` for the first such rule.
 */
export function assertPossibleRules(rules: readonly Rule[]): void {
  for (const rule of rules) {
    if (rule.kind === 'drift') {
      for (const name of rule.of ?? []) assertDriftName(name, rule.where);
      continue;
    }
    const hint = impossibleFigure(rule.figure);
    if (hint !== undefined) throw unknownFigureError(rule, hint);
    const least = leastShare(rule.figure, rule.change);
    if (!isShare(rule.figure) || (rule.limit >= least && rule.limit <= 1)) continue;
    const [what, from] = [
      rule.change ? 'a change' : 'a share',
      Number.isFinite(least) ? `from ${least} to` : 'of at most',
    ];
    const words = `${rule.figure} is ${what} ${from} 1, and never ${rule.limit}. Write ${meantShare(rule.limit)}.`;
    throw new EigenfleetError('usage', `${rule.where}: ${words}`);
  }
}

/** 70 is mostly meant as a percentage. */
function meantShare(limit: number): string {
  const isPercentage = Math.abs(limit) > 1 && Math.abs(limit) <= 100;
  return isPercentage
    ? `${limit}% or ${Number(`${limit}e-2`)}`
    : 'a number from 0 to 1, or a percentage';
}

/** @throws EigenfleetError `usage` for a name that neither a family nor a measure of any run has. */
export function assertDriftName(name: string, where: string): void {
  const families: readonly string[] = driftFamilies;
  const known = [
    ...families,
    ...Object.values({ ...fusedColumns, ...sampleColumns, ...imageSize }),
  ];
  if (known.includes(name) || name.startsWith(classSharePrefix)) return;
  if (parseColumn(name) !== undefined) return;
  const near = nearNames(name, known);
  const hint =
    near.length > 0
      ? `Did you mean ${near.join(' or ')}?`
      : `There are ${families.join(', ')} and their measures.`;
  throw new EigenfleetError(
    'usage',
    `${where}: there is no measure "${name}" that could drift. ${hint}`,
  );
}

/** Says where the figure is named. `hint`: a sentence on what is like it. */
export function unknownFigureError(
  { where, figure }: { readonly where: string; readonly figure: string },
  hint: string,
): EigenfleetError {
  return new EigenfleetError('usage', `${where}: there is no figure "${figure}". ${hint}`);
}
