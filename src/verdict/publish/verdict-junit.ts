import type { Verdict } from '../../report/summary/verdict-schema.ts';
import { type JUnitSuite, junitXml } from './junit.ts';

/** One test case a rule, in a suite that is named for the run. */
export function verdictJunit({ runId, rules }: Verdict): string {
  const suite: JUnitSuite = {
    name: `eigenfleet check ${runId}`,
    cases: rules.map(({ rule, name, outcome, sentence, images }) => ({
      name: name ?? rule,
      outcome,
      message: sentence,
      details: images.map(({ key, words }) => `${key}: ${words}`),
    })),
  };
  return junitXml([suite]);
}
