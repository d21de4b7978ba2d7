import type { RuleOutcome, Verdict } from '../../report/summary/verdict-schema.ts';
import { exitCodes } from '../../shared/errors.ts';
import { verdictLines } from '../../verdict/publish/verdict-text.ts';
import { oneLine } from './screen-text.ts';
import type { Terminal } from './terminal.ts';

/** The exit code of a verdict: 0, 1 or 10. */
export function verdictCode({ outcome }: Pick<Verdict, 'outcome'>): number {
  if (outcome === 'pass') return 0;
  return outcome === 'fail' ? exitCodes.failed : exitCodes.undecided;
}

/** The verdict for people: the outcome first, then a line a rule, and the images behind those that are not met. */
export function verdictClosing(verdict: Verdict, { colors }: Pick<Terminal, 'colors'>): string {
  const { bold, dim, green, red, yellow } = colors;
  const marks: Readonly<Record<RuleOutcome, string>> = {
    pass: green('✔'),
    fail: red('✖'),
    undecided: yellow('?'),
  };
  const [first, ...lines] = verdictLines(verdict);
  const title = first && `${marks[first.outcome]} ${bold(oneLine(first.text))}`;
  const rules = lines.flatMap(({ outcome, text, images }) => [
    `  ${marks[outcome]} ${oneLine(text)}`,
    ...(images.length === 0 ? [] : [dim(`      ${images.map(oneLine).join(', ')}`)]),
  ]);
  return [title ?? '', ...rules].join('\n');
}
