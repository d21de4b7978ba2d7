import { counted, listed } from '../../report/words/wording.ts';
import type { Tone } from '../../shared/catalog/flag-catalog.ts';
import { nightSentence, nightTones } from './night-state.ts';
import type { Trend, TrendPoint } from './trend.ts';

/** One finding over the nights. */
export interface TrendHeadline {
  readonly text: string;
  readonly tone: Tone;
}

/** The finding of the page: how its last night ended, and how many passed. */
export function trendTitle({ audit, points }: Trend): TrendHeadline {
  const ended = points.filter(({ state }) => state !== 'open');
  const last = ended.at(-1);
  if (last === undefined) return { text: `${audit.name} has no night yet`, tone: 'note' };
  const judged = ended.filter(({ state }) => state !== 'none');
  const passed = judged.filter(({ state }) => state === 'pass').length;
  const tone = nightTones[last.state];
  const words = lastNight(last);
  if (judged.length < 2) return { text: `The night of ${last.night.key} ${words}`, tone };
  const count = counted(judged.length, 'night');
  if (passed === judged.length) return { text: `All ${count} passed`, tone };
  const of = `${passed} of ${count} passed`;
  return {
    text: last.state === 'pass' ? `${of}, the last one too` : `${of}; the last one ${words}`,
    tone,
  };
}

function lastNight({ state, night }: TrendPoint): string {
  switch (state) {
    case 'pass':
      return 'passed';
    case 'fail':
      return `failed ${counted(night.verdict?.failed.length ?? 0, 'rule')}`;
    case 'unknown':
      return 'could not be told';
    case 'broken':
      return 'could not be done';
    case 'missed':
      return 'was missed';
    default:
      return 'was held against no rules';
  }
}

/** What else a person should know, the most urgent first. */
export function trendHeadlines(trend: Trend): TrendHeadline[] {
  const { points, pausedSince } = trend;
  const last = points.findLast(({ state }) => state !== 'open');
  return [
    ...(pausedSince === undefined
      ? []
      : [
          {
            text: `Paused since ${dayOf(pausedSince)}: nothing runs until it is resumed.`,
            tone: 'look' as const,
          },
        ]),
    ...(last === undefined
      ? []
      : [
          { text: `${last.night.key}: ${nightSentence(last.night)}`, tone: nightTones[last.state] },
        ]),
    ...lastPass(points, last),
    ...missed(points),
    ...modelChanges(points),
  ];
}

function lastPass(points: readonly TrendPoint[], last: TrendPoint | undefined): TrendHeadline[] {
  if (last === undefined || last.state === 'pass') return [];
  const passed = points.findLast(({ state }) => state === 'pass');
  const text = passed
    ? `The last night that passed is ${passed.night.key}.`
    : 'None of these nights passed.';
  return [{ text, tone: 'note' }];
}

function missed(points: readonly TrendPoint[]): TrendHeadline[] {
  const nights = points.filter(({ state }) => state === 'missed');
  if (nights.length === 0) return [];
  const names = nights.slice(-3).map(({ night }) => night.key);
  const rest =
    nights.length > names.length ? `, ${listed(names)} the latest` : `: ${listed(names)}`;
  return [{ text: `${counted(nights.length, 'night')} missed${rest}.`, tone: 'look' }];
}

function modelChanges(points: readonly TrendPoint[]): TrendHeadline[] {
  const changed = points.filter(({ night }) => night.model?.changedFrom !== undefined);
  const last = changed.at(-1)?.night;
  if (last === undefined) return [];
  const times = changed.length === 1 ? 'once' : `${changed.length} times`;
  const text = `The model changed ${times}, last on ${last.key} to ${last.model?.name ?? 'another file'}.`;
  return [{ text, tone: 'note' }];
}

function dayOf(time: string): string {
  return time.slice(0, 10);
}
