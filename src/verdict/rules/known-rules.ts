import { EigenfleetError } from '../../shared/errors.ts';
import { unknownFigure } from '../figures/figure-names.ts';
import type { Rule } from './rule.ts';

/**
 * Checks the names of figures before a run is made, where a misspelled one would only be told hours later.
 *
 * @throws EigenfleetError `usage` for a figure that no run of a model with these classes has.
 */
export function assertKnownFigures(rules: readonly Rule[], classNames: readonly string[]): void {
  for (const rule of rules) {
    if (rule.kind !== 'figure') continue;
    const near = unknownFigure(rule.figure, classNames);
    if (near !== undefined) throw unknownFigureError(rule, near);
  }
}

/** Says where the figure is named, and what is like it. */
export function unknownFigureError(
  { where, figure }: { readonly where: string; readonly figure: string },
  near: readonly string[],
): EigenfleetError {
  const hint =
    near.length > 0 ? `Did you mean ${near.join(' or ')}?` : 'See docs/ci.md for the names.';
  return new EigenfleetError('usage', `${where}: there is no figure "${figure}". ${hint}`);
}
