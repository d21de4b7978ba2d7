import type { RuleOutcome } from '../../report/summary/verdict-schema.ts';

/** One thing that was checked. */
export interface JUnitCase {
  readonly name: string;
  /** `undecided` is an error to JUnit: neither passed nor failed, and CI does not go on. */
  readonly outcome: RuleOutcome;
  /** One sentence. */
  readonly message: string;
  /** More lines, shown below the message. */
  readonly details?: readonly string[];
}

export interface JUnitSuite {
  readonly name: string;
  readonly cases: readonly JUnitCase[];
}

const elements: Readonly<Record<Exclude<RuleOutcome, 'pass'>, string>> = {
  fail: 'failure',
  undecided: 'error',
};

/** A JUnit document, as GitLab, Jenkins and GitHub's reporters read it. Without times: the same cases give the same bytes. */
export function junitXml(suites: readonly JUnitSuite[]): string {
  const all = suites.flatMap(({ cases }) => cases);
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="eigenfleet" ${countsOf(all)}>
${suites.map(suiteXml).join('')}</testsuites>
`;
}

function suiteXml({ name, cases }: JUnitSuite): string {
  return `  <testsuite name="${escaped(name)}" ${countsOf(cases)}>
${cases.map((one) => caseXml(one, name)).join('')}  </testsuite>
`;
}

function caseXml({ name, outcome, message, details = [] }: JUnitCase, suite: string): string {
  const begin = `    <testcase name="${escaped(name)}" classname="${escaped(suite)}"`;
  const text = [message, ...details].map(escaped).join('\n');
  if (outcome === 'pass')
    return `${begin}>\n      <system-out>${text}</system-out>\n    </testcase>\n`;
  const element = elements[outcome];
  return `${begin}>\n      <${element} type="${outcome}" message="${escaped(message)}">${text}</${element}>\n    </testcase>\n`;
}

function countsOf(cases: readonly JUnitCase[]): string {
  const of = (outcome: RuleOutcome) => cases.filter((one) => one.outcome === outcome).length;
  return `tests="${cases.length}" failures="${of('fail')}" errors="${of('undecided')}"`;
}

/** XML 1.0 cannot hold most control characters, escaped neither: they become U+FFFD. */
function escaped(text: string): string {
  return text
    .replaceAll(/(?![\t\n\r])[\p{Cc}\ufffe\uffff]/gu, '\u{fffd}')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
