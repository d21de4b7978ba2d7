import { closingFault } from '../../report/closing-fault.ts';
import type { RuleOutcome } from '../../report/summary/verdict-schema.ts';
import { counted } from '../../report/words/wording.ts';
import { objectKeys } from '../../shared/run/object-keys.ts';
import { locateRun } from '../../shared/run/places/locate-run.ts';
import { readRunState, reportPlaceOf } from '../../shared/run/run-state.ts';
import type { Places } from '../../shared/storage/allowed-places.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';
import type { StoreOptions } from '../../shared/storage/open-store.ts';
import { checkRun, type RunCheck, type TestedImages } from '../../verdict/check-run.ts';
import type { CheckedRun } from '../../verdict/figures/checked-run.ts';
import { type RunPlace, readCheckedRun } from '../../verdict/figures/read-checked-run.ts';
import { publishVerdict } from '../../verdict/publish-verdict.ts';
import { parseRules } from '../../verdict/rules/parse-rules.ts';
import type { Rule } from '../../verdict/rules/rule.ts';
import { type Audit, previousBaseline } from '../file/audit.ts';
import { newImages } from './new-images.ts';
import type { Night, NightOutcome } from './night.ts';
import { nightFigures } from './night-figures.ts';
import { lastClosed, passedNights } from './night-history.ts';
import type { NightFindings, NightRun } from './night-ports.ts';

/** Of a night's comparisons: 5 % over thirty nights. A budget of 5 % each night would be spent on 18 false alarms a year. */
export const nightAlpha = 0.05 / 30;

/** Rules whose findings stand in the sentence of a night; the report has them all. */
const mostReasons = 2;

export interface CheckPorts {
  readonly storage: StoreOptions;
  /** Where results may go and anything may be read. */
  readonly places: Places;
  /** Of results. */
  openStore(uri: string): ObjectStore;
  /** Of what is only read, such as a baseline in another place. */
  openSource(uri: string): ObjectStore;
}

/** The rules of an audit, in the order in which they were written. */
export function rulesOf({ rules }: Audit): readonly Rule[] {
  return rules === undefined ? [] : parseRules(rules.text, rules.file);
}

/**
 * Finds the run that the changes of an audit are measured from.
 *
 * @param earlier settled nights, for `previous`
 * @returns `undefined` where the audit names none, and before a night has passed.
 * @throws EigenfleetError `usage` for a run that is not there.
 */
export async function baselineOf(
  { baseline, out }: Audit,
  earlier: readonly Night[],
  { storage, places, openStore, openSource }: CheckPorts,
): Promise<RunPlace | undefined> {
  if (baseline === undefined) return undefined;
  if (baseline !== previousBaseline) {
    const { store, runId } = await locateRun(baseline, { out, ...storage });
    const isResult = await places.outs.has(store.uri);
    return { store: (isResult ? openStore : openSource)(store.uri), runId };
  }
  for (const { runId, out } of passedNights(earlier)) {
    if (runId === undefined || out === undefined) continue;
    const run = { store: openStore(out), runId };
    // Runs may be deleted by hand, too.
    if ((await readRunState(run.store, runId)) === 'closed') return run;
  }
  return undefined;
}

/**
 * Holds the finished run of a night against the rules of its audit, and publishes the verdict beside it. Drift is tested on what is new since the night before, and all
 * comparisons share `nightAlpha`. Until a first night has passed, `baseline: previous` has nothing to compare with: rules that compare are left out then.
 *
 * @throws EigenfleetError as `checkRun` does.
 */
export async function checkNight(
  audit: Audit,
  night: Night & NightRun,
  earlier: readonly Night[],
  ports: CheckPorts,
): Promise<NightFindings> {
  const run = { store: ports.openStore(night.out), runId: night.runId };
  const report = reportPlaceOf(run.store, run.runId);
  const all = rulesOf(audit);
  const against = await baselineOf(audit, earlier, ports);
  const isFirst = audit.baseline === previousBaseline && against === undefined;
  const rules = isFirst ? all.filter((rule) => !isComparing(rule)) : all;
  const tested = await testedOf(run, rules, earlier, ports);
  const common = { report, ...(against && { baseline: against.runId }) };
  if (rules.length === 0) {
    const checked = await readCheckedRun(run);
    const verdict = all.length === 0 ? undefined : firstVerdict(checked);
    const figures = nightFigures(checked, all, undefined);
    return { ...common, ...(verdict && { verdict }), figures, ...lackOf(checked) };
  }
  const checked = await checkRun({ run, against, rules, alpha: nightAlpha, tested });
  await publishVerdict(run.store, checked, report);
  const left = all.length - rules.length;
  const verdict = verdictOf(checked, left);
  const figures = nightFigures(checked.run, rules, checked.verdict);
  return { ...common, verdict, figures, ...lackOf(checked.run) };
}

function isComparing(rule: Rule): boolean {
  return rule.kind === 'drift' || rule.change;
}

/** What is new since the last night that was looked at; all images where there was none. */
async function testedOf(
  run: RunPlace,
  rules: readonly Rule[],
  earlier: readonly Night[],
  { openStore }: CheckPorts,
): Promise<TestedImages | undefined> {
  const before = lastClosed(earlier);
  if (!rules.some(({ kind }) => kind === 'drift')) return undefined;
  if (before?.runId === undefined || before.out === undefined) return undefined;
  const last = { store: openStore(before.out), runId: before.runId };
  if ((await last.store.head(objectKeys.run(last.runId))) === undefined) return undefined;
  return newImages(run, last);
}

const outcomes: Readonly<Record<RuleOutcome, NightOutcome>> = {
  pass: 'pass',
  fail: 'fail',
  undecided: 'unknown',
};

function verdictOf({ verdict }: RunCheck, leftOut: number): NonNullable<Night['verdict']> {
  const named = (outcome: RuleOutcome) =>
    verdict.rules.filter((one) => one.outcome === outcome).map(({ rule }) => rule);
  const waiting = leftOut === 0 ? [] : [leftOutWords(leftOut)];
  return {
    outcome: outcomes[verdict.outcome],
    sentence: [verdict.sentence, ...reasonsOf(verdict), ...waiting].join(' '),
    failed: named('fail'),
    unknown: named('undecided'),
  };
}

/** What was found of the first rules that decided it: a night that did not pass says of itself what was wrong. */
function reasonsOf({ outcome, rules }: RunCheck['verdict']): string[] {
  if (outcome === 'pass') return [];
  const deciding = rules.filter((one) => one.outcome === outcome);
  return deciding.slice(0, mostReasons).map(({ sentence }) => sentence);
}

function leftOutWords(rules: number): string {
  return `${counted(rules, 'rule')} that ${rules === 1 ? 'compares' : 'compare'} with a night that passed must wait for one.`;
}

/** Of a night with nothing but rules that compare, before there is anything to compare with: it becomes that, if it is whole. */
function firstVerdict(run: CheckedRun): NonNullable<Night['verdict']> {
  const whole = closingFault(run.summary) === undefined;
  const sentence = whole
    ? 'It is the first night, and what the next ones are compared with.'
    : 'It is the first night, and not whole: the next one is compared with nothing either.';
  return { outcome: whole ? 'pass' : 'unknown', sentence, failed: [], unknown: [] };
}

function lackOf({ summary }: CheckedRun): Pick<NightFindings, 'error'> {
  const code = closingFault(summary);
  return code === undefined ? {} : { error: { code, sentence: `${summary.title.text}.` } };
}
