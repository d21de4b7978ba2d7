import type { Evaluation } from '../../evaluate/result/evaluation.ts';
import type { Figure } from '../../evaluate/result/figure.ts';
import { objectSizes } from '../../evaluate/result/object-row.ts';
import type { Summary } from '../../report/summary/summary-schema.ts';
import { nearNames } from '../../shared/settings/near-names.ts';
import type { FoundFigure, RunFigure } from './run-figure.ts';
import { summaryFigures } from './summary-figures.ts';

/** Figures of labels, whatever class or size is named behind them: a run without labels has none of them. */
const ofLabels = [
  ...['precision', 'recall', 'f1', 'map50', 'map50_95', 'best_threshold', 'best_f1'],
  ...['ap_above', 'mask_map50', 'mask_map50_95', 'pose_map50', 'pose_map50_95'],
  ...['top1', 'top5', 'found', 'misses', 'false_positives', 'unjudged'],
  ...['background_lit', 'background_false_positives', 'lift', 'attainable', 'other_images_lift'],
  ...['pointed', 'relevance_rank', 'coverage', 'looked_at_misses'],
] as const;

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
    const known = this.#namesOfLabels();
    if (known.has(name)) {
      const why =
        this.#evaluation === undefined
          ? 'The run has no evaluation: there were no labels, or they were not evaluated (eigenfleet evaluate).'
          : 'The evaluation of this run does not have it.';
      return { status: 'absent', why };
    }
    return { status: 'unknown', near: nearNames(name, [...this.#figures.keys(), ...known]) };
  }

  /** All that there are, in a fixed order. */
  entries(): IterableIterator<[string, RunFigure]> {
    return this.#figures.entries();
  }

  #namesOfLabels(): Set<string> {
    const subjects = ['', ...this.#classNames.map((name) => `.${name}`)];
    const sizes = ['', ...objectSizes.map((size) => `@${size}`)];
    return new Set(
      ofLabels.flatMap((base) => subjects.flatMap((of) => sizes.map((size) => base + of + size))),
    );
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
  return { ...figure, share: { value: n === 0 ? null : value / n, n, of, why } };
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
