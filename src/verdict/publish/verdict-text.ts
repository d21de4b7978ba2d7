import type { RuleOutcome, Verdict } from '../../report/summary/verdict-schema.ts';

/** A line of the terminal: its outcome for the mark before it, its words. */
export interface VerdictLine {
  readonly outcome: RuleOutcome;
  readonly text: string;
  /** Below it: the images behind a rule that is not met. */
  readonly images: readonly string[];
}

/** Images that the terminal names of a rule. */
const mostImages = 3;

/** The verdict in lines: the outcome, then failed rules, those that could not be told, and the others. */
export function verdictLines({ rules, outcome, sentence }: Verdict): VerdictLine[] {
  const order: readonly RuleOutcome[] = ['fail', 'undecided', 'pass'];
  const sorted = order.flatMap((one) => rules.filter((rule) => rule.outcome === one));
  return [
    { outcome, text: sentence, images: [] },
    ...sorted.map(({ name, sentence: text, images, outcome: one }) => ({
      outcome: one,
      text: name === undefined ? text : `${name}: ${text}`,
      images:
        one === 'pass'
          ? []
          : images.slice(0, mostImages).map(({ key, words }) => `${key} (${words})`),
    })),
  ];
}
