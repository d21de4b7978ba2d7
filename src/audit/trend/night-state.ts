import type { Tone } from '../../shared/catalog/flag-catalog.ts';
import type { Night } from '../night/night.ts';

/** How a night ended, for people: `none` is a run that no rule was held against, `open` one that has not ended. */
export const nightStates = ['pass', 'fail', 'unknown', 'none', 'broken', 'missed', 'open'] as const;
export type NightState = (typeof nightStates)[number];

export const nightTones: Readonly<Record<NightState, Tone>> = {
  pass: 'fine',
  fail: 'problem',
  unknown: 'look',
  none: 'note',
  broken: 'problem',
  missed: 'look',
  open: 'note',
};

export const nightStateWords: Readonly<Record<NightState, string>> = {
  pass: 'passed',
  fail: 'failed its rules',
  unknown: 'could not be told',
  none: 'no rules',
  broken: 'could not be done',
  missed: 'missed',
  open: 'under way',
};

export function nightState({ status, verdict }: Pick<Night, 'status' | 'verdict'>): NightState {
  if (status === 'closed') return verdict?.outcome ?? 'none';
  if (status === 'failed') return 'broken';
  return status === 'missed' ? 'missed' : 'open';
}

/** What became of a night, a sentence. */
export function nightSentence(night: Night): string {
  const { verdict, error, reason } = night;
  return verdict?.sentence ?? error?.sentence ?? reason ?? defaultSentence(nightState(night));
}

function defaultSentence(state: NightState): string {
  return state === 'open' ? 'It is under way.' : 'No rules were given to hold it against.';
}
