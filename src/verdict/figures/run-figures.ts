import type { Evaluation } from '../../evaluate/result/evaluation.ts';
import type { Figure } from '../../evaluate/result/figure.ts';
import type { Summary } from '../../report/summary/summary-schema.ts';
import { figureHint, labelFigureNames } from './figure-names.ts';
import type { FoundFigure, RunFigure } from './run-figure.ts';
import { summaryFigures } from './summary-figures.ts';

/** Known for sure, whatever stands behind them. */
const counts: readonly string[] = ['found', 'misses', 'false_positives', 'unjudged'];

/** The figures of a run by the names of rules. */
export class RunFigures {
  readonly #figures: ReadonlyMap<string, RunFigure>;
  readonly #classNames: readonly string[];
  readonly #evaluation: Evaluation | undefined;

  constructor(summary: Summary, evaluation: Evaluation | undefined) {
    const ofSummary = [...summaryFigures(summary)];
    const labeled = Object.entries(evaluation?.figures ?? {});
    this.#figures = new Map([
      ...ofSummary.map(([name, figure]): [string, RunFigure] => [
        name,
        ungrouped(figure, evaluation),
      ]),
      ...labeled.map(([name, figure]): [string, RunFigure] => [name, withShare(name, figure)]),
    ]);
    this.#classNames = summary.classes.map(({ name }) => name);
    this.#evaluation = evaluation;
  }

  find(name: string): FoundFigure {
    const figure = this.#figures.get(name);
    if (figure !== undefined) return { status: 'found', figure };
    const known = labelFigureNames(this.#classNames);
    if (known.has(name)) {
      return { status: 'absent', why: this.#whyAbsent(name) };
    }
    const hint = figureHint(name, [...this.#figures.keys(), ...known], this.#classNames);
    return { status: 'unknown', hint };
  }

  #whyAbsent(name: string): string {
    if (this.#evaluation === undefined) {
      return 'The run has no evaluation: there were no labels, or they were not evaluated (eigenfleet evaluate).';
    }
    if (/^(?:mask_|pose_)?map50/.test(name) && this.#figures.has('ap_above')) {
      return 'The run stored no boxes below its confidence, so it has ap_above: explain it with --candidates for this.';
    }
    const at = name.indexOf('@');
    if (at >= 0 && !this.#figures.has(`recall${name.slice(name.search(/[.@]/))}`)) {
      return `Nothing ${name.slice(at + 1)} of it is labeled or found.`;
    }
    return 'The evaluation of this run does not have it.';
  }

  /** All that there are, in a fixed order. */
  entries(): IterableIterator<[string, RunFigure]> {
    return this.#figures.entries();
  }
}

/** A count of an evaluation has the share of what it counts among. */
function withShare(name: string, figure: Figure): RunFigure {
  const base = name.split(/[.@]/, 1)[0] ?? '';
  if (!counts.includes(base) || figure.value === null) return figure;
  const { value, n, of } = figure;
  const why =
    n === 0
      ? `There are no ${of} to take a share of.`
      : 'Objects of an image depend on each other, so its interval is unknown: precision and recall have one.';
  return { ...figure, counts: true, share: { value: n === 0 ? null : value / n, n, of, why } };
}

/** Where images come in groups, intervals that take each by itself are too narrow: there is none then. */
function ungrouped(figure: RunFigure, evaluation: Evaluation | undefined): RunFigure {
  if (evaluation === undefined) return figure;
  const { groups, labels } = evaluation;
  if (groups.count >= labels.labeled + labels.background) return figure;
  const why = `Images come in groups (${groups.by}), which this figure does not know of, so its interval is unknown.`;
  const without = <Kind extends Figure>({ interval, ...rest }: Kind): Omit<Kind, 'interval'> =>
    interval === undefined ? rest : { ...rest, why };
  const { share } = figure;
  return { ...without(figure), ...(share && { share: without(share) }) };
}
