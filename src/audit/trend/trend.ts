import { figureWords } from '../../verdict/compare/words/figure-words.ts';
import { isShare } from '../../verdict/compare/words/share-figures.ts';
import type { Audit } from '../file/audit.ts';
import type { Night } from '../night/night.ts';
import { type NightState, nightState } from './night-state.ts';

/** One night in the order of time. */
export interface TrendPoint {
  readonly night: Night;
  readonly state: NightState;
  /** When it was due, in milliseconds since 1970. */
  readonly atMs: number;
  /** Address of its report, from the page; absent where it has none. */
  readonly report?: string;
}

export interface TrendLine {
  /** As rules call it. */
  readonly name: string;
  readonly words: string;
  /** One for each point; `null` where the night has none. */
  readonly values: readonly (number | null)[];
}

export interface TrendChart {
  readonly id: string;
  readonly title: string;
  /** What the figures are over and how to read them, a sentence or two. */
  readonly note: string;
  /** All its lines are shares in [0, 1]. */
  readonly isShare: boolean;
  /** All its lines are whole numbers from 0 on. */
  readonly isCount?: boolean;
  /** One at least. */
  readonly lines: readonly TrendLine[];
}

/** An audit over its nights, ready to be drawn. */
export interface Trend {
  readonly audit: Pick<Audit, 'name' | 'timeZone' | 'cron' | 'images' | 'model'>;
  readonly pausedSince?: string;
  /** The oldest first. */
  readonly points: readonly TrendPoint[];
  readonly charts: readonly TrendChart[];
  /** Earlier nights that the page leaves out. */
  readonly left: number;
}

const groups: readonly Omit<TrendChart, 'lines' | 'isShare'>[] = [
  {
    id: 'precision',
    title: 'Average precision',
    note: 'Over the labeled images of each night.',
  },
  {
    id: 'found',
    title: 'What is found',
    note: "At the run's own confidence and an IoU of 0.5, over the labeled images of each night.",
  },
  {
    id: 'evidence',
    title: 'Where it looks',
    note: 'Shares of labeled objects in which the class evidence points: where the scores of the class come from, not why.',
  },
  {
    id: 'lift',
    title: 'Lift of the class evidence',
    note: 'How many times as much evidence of its class lies in a labeled object as in as much area elsewhere.',
  },
  {
    id: 'drift',
    title: 'Drift',
    note: "Measures of that night's images told from those of the baseline, at the share of false alarms that one night may have.",
    isCount: true,
  },
  { id: 'images', title: 'Images', note: 'Of each night.', isCount: true },
  {
    id: 'objects',
    title: 'Objects',
    note: "Of each night's images, by the model.",
    isCount: true,
  },
  {
    id: 'other',
    title: 'Other figures of rules',
    note: 'Those that the rules of this audit name.',
  },
];

const groupOfName: readonly (readonly [RegExp, string])[] = [
  [/^(?:\w+_)?(?:map50|map50_95|ap_above)$|^top[15]$/, 'precision'],
  [/^(?:precision|recall|f1)(?:[.@]|$)/, 'found'],
  [/^(?:pointed|attainable|looked_at_misses)(?:[.@]|$)/, 'evidence'],
  [/^(?:lift|other_images_lift)(?:[.@]|$)/, 'lift'],
  [/^drift$/, 'drift'],
  [/^(?:images|explained|failed|flagged)$/, 'images'],
  [/^(?:objects|found|misses|false_positives)(?:[.@]|$)/, 'objects'],
];

/** Where the title of the chart says the rest; a name stands at the end of its line. */
const shortWords: Readonly<Record<string, string>> = {
  drift: 'measures that drifted',
  looked_at_misses: 'misses it looked at',
};

/** Lines of a chart that can be told apart. */
const mostLines = 6;

export interface TrendRequest {
  readonly audit: Trend['audit'];
  readonly pausedSince?: string | undefined;
  /** The oldest first. */
  readonly nights: readonly Night[];
  /** Earlier nights that were not read. */
  readonly left: number;
  /** Address of a report from where the page lies. */
  linkOf(report: string): string;
}

/** What a trend page shows: nights in the order of time, and a chart for each kind of figure that any of them has. */
export function trendOf({ audit, pausedSince, nights, left, linkOf }: TrendRequest): Trend {
  const points = nights
    .map((night) => pointOf(night, linkOf))
    .sort((a, b) => a.atMs - b.atMs || (a.night.key < b.night.key ? -1 : 1));
  return {
    audit,
    ...(pausedSince !== undefined && { pausedSince }),
    points,
    charts: groups.flatMap((group) => chartOf(group, points) ?? []),
    left,
  };
}

function pointOf(night: Night, linkOf: TrendRequest['linkOf']): TrendPoint {
  const { report, dueAt, startedAt, trigger } = night;
  // A night that is caught up stays on its date; a run by hand has no other time than its own.
  const at = trigger === 'hand' ? (startedAt ?? dueAt) : dueAt;
  return {
    ...{ night, state: nightState(night), atMs: Date.parse(at) },
    ...(report !== undefined && { report: linkOf(report) }),
  };
}

function chartOf(
  group: Omit<TrendChart, 'lines' | 'isShare'>,
  points: readonly TrendPoint[],
): TrendChart | undefined {
  const names = new Set(points.flatMap(({ night }) => Object.keys(night.figures ?? {})));
  const own = [...names].filter((name) => groupOf(name) === group.id).sort(byLength);
  const lines = own.slice(0, mostLines).map((name) => lineOf(name, points));
  const drawn = lines.filter(({ values }) => values.some((value) => value !== null));
  if (drawn.length === 0) return undefined;
  return { ...group, isShare: drawn.every(({ name }) => isShare(name)), lines: drawn };
}

function groupOf(name: string): string {
  return groupOfName.find(([pattern]) => pattern.test(name))?.[1] ?? 'other';
}

/** Figures of all before those of classes, and those before their sizes. */
function byLength(a: string, b: string): number {
  return a.split(/[.@]/).length - b.split(/[.@]/).length || (a < b ? -1 : 1);
}

function lineOf(name: string, points: readonly TrendPoint[]): TrendLine {
  const words = shortWords[name] ?? figureWords(name);
  return { name, words, values: points.map(({ night }) => night.figures?.[name] ?? null) };
}
