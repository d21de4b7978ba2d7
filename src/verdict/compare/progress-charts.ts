import type { Figure } from '../../evaluate/result/figure.ts';
import { fusedColumns, sampleColumns } from '../../shared/catalog/measure-column.ts';
import type { ComparedRun } from './compared-run.ts';
import type { ProgressChart, ProgressLine } from './comparison.ts';
import { figureWords } from './words/figure-words.ts';

/** Lines that a chart can show apart. */
const mostLines = 6;

const figureCharts: readonly { id: string; title: string; bases: readonly string[] }[] = [
  { id: 'recall', title: 'Recall by class', bases: ['recall'] },
  { id: 'precision', title: 'Precision by class', bases: ['precision'] },
  { id: 'ap50', title: 'AP50 by class', bases: ['map50'] },
  { id: 'ap50-95', title: 'AP50-95 by class', bases: ['map50_95'] },
  { id: 'mask-ap50', title: 'AP50 of masks by class', bases: ['mask_map50'] },
  { id: 'pose-ap50', title: 'AP50 of keypoints by class', bases: ['pose_map50'] },
  { id: 'accuracy', title: 'Accuracy', bases: ['top1', 'top5'] },
  { id: 'attainable', title: 'Class evidence in labels, of the attainable', bases: ['attainable'] },
];

/** Medians over the images of each run, by column, with what each line is called. */
const measureCharts: readonly {
  readonly id: string;
  readonly title: string;
  readonly columns: Readonly<Record<string, string>>;
}[] = [
  {
    id: 'heat',
    title: 'Heat in objects, of the attainable',
    columns: {
      [fusedColumns.labelAttainable]: 'in labels',
      [fusedColumns.boxAttainable]: 'in own boxes',
    },
  },
  {
    id: 'spread',
    title: 'Spread of the heat',
    columns: { [fusedColumns.entropy]: 'typical image' },
  },
  {
    id: 'confidence',
    title: 'Confidence',
    columns: { [sampleColumns.confidence]: 'typical image' },
  },
];

/** The figures of three and more runs in their order, as charts; a chart without two values is left out. */
export function progressCharts(runs: readonly ComparedRun[]): ProgressChart[] {
  const figures = figureCharts.map(({ id, title, bases }) =>
    chartOf(id, title, figureLines(runs, bases)),
  );
  const measures = measureCharts.map(({ id, title, columns }) =>
    chartOf(id, title, measureLines(runs, columns)),
  );
  return [...figures, ...measures].flatMap((chart) => chart ?? []);
}

function chartOf(id: string, title: string, lines: readonly ProgressLine[]) {
  const drawn = lines.filter(({ values }) => values.filter((value) => value !== null).length > 1);
  const known = drawn.flatMap(({ values }) => values.filter((value) => value !== null));
  const isShare = known.every((value) => value >= 0 && value <= 1);
  return drawn.length === 0 ? undefined : { id, title, isShare, lines: drawn.slice(0, mostLines) };
}

/** By class where there are figures of classes, the most labeled first, with the figure over all of them. */
function figureLines(runs: readonly ComparedRun[], bases: readonly string[]): ProgressLine[] {
  const figures = runs.map(({ evaluation }) => evaluation?.figures ?? {});
  const names = [...new Set(figures.flatMap((one) => Object.keys(one)))].filter(
    (name) => bases.includes(name.replace(/\..*$/, '')) && !name.includes('@'),
  );
  const hasClasses = bases.length === 1 && names.length > 1;
  const most = (name: string) => Math.max(...figures.map((one) => one[name]?.n ?? 0));
  return names
    .map((name) => ({ name, n: most(name) }))
    .sort((a, b) => b.n - a.n || (a.name < b.name ? -1 : 1))
    .map(({ name }) =>
      lineOf(
        name,
        figures.map((one) => one[name]),
        hasClasses,
      ),
    );
}

function lineOf(
  name: string,
  figures: readonly (Figure | undefined)[],
  hasClasses: boolean,
): ProgressLine {
  const ofClass = /\.(.+)$/.exec(name)?.[1];
  return {
    name,
    words: ofClass ?? (hasClasses ? 'all classes' : figureWords(name)),
    values: figures.map((one) => one?.value ?? null),
    intervals: figures.map((one) => one?.interval ?? null),
  };
}

function measureLines(
  runs: readonly ComparedRun[],
  columns: Readonly<Record<string, string>>,
): ProgressLine[] {
  return Object.entries(columns).map(([column, words]) => ({
    name: column,
    words,
    values: runs.map(({ summary }) => summary.measures[column]?.quantiles.p50 ?? null),
    intervals: runs.map(() => null),
  }));
}
