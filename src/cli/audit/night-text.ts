import type { Night } from '../../audit/night/night.ts';
import { counted } from '../../report/words/wording.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** ✔ passed, ✖ failed or could not be done, ? could not be told, · is under way. */
export function nightMark(
  { status, verdict }: Night,
  { colors: { green, red, yellow, dim } }: Pick<Terminal, 'colors'>,
): string {
  if (status === 'due' || status === 'planned') return dim('·');
  if (status !== 'closed' || verdict?.outcome === 'fail') return red('✖');
  return verdict?.outcome === 'unknown' ? yellow('?') : green('✔');
}

/** What became of a night, in a sentence. */
export function nightWords({ status, verdict, error, reason }: Night): string {
  switch (status) {
    case 'due':
      return error === undefined ? 'begins' : `cannot be planned yet: ${error.sentence}`;
    case 'planned':
      return 'is under way';
    case 'missed':
      return `missed: ${reason ?? 'nothing ran'}`;
    case 'failed':
      return `failed: ${error?.sentence ?? 'it could not be done'}`;
    case 'closed':
      return closedWords({ verdict, error });
  }
}

/** Of a webhook that was not told; `undefined` where it was, or where the audit has none. */
export function untoldWords({ announced }: Night): string | undefined {
  if (announced?.status !== 'failed') return undefined;
  const { attempts } = announced;
  if (attempts === 0) return 'its webhook was not told: nothing could be sent';
  return `its webhook was not told, in ${counted(attempts, 'attempt')}`;
}

function closedWords({ verdict, error }: Pick<Night, 'verdict' | 'error'>): string {
  if (verdict === undefined) return error === undefined ? 'done, no rules' : error.sentence;
  const { outcome, sentence } = verdict;
  return `${outcome === 'unknown' ? 'could not tell' : outcome}: ${sentence}`;
}
