import type { Summary } from '../../report/summary/summary-schema.ts';
import type { Verdict } from '../../report/summary/verdict-schema.ts';
import { EigenfleetError, exitCodes } from '../../shared/errors.ts';
import {
  baselineOf,
  locateBaseline,
  type NamedBaseline,
} from '../../shared/run/places/baseline-of.ts';
import { reportPlaceOf } from '../../shared/run/run-state.ts';
import { defaultOut, type RunSettings } from '../../shared/settings/run-settings.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';
import type { Rule } from '../../verdict/rules/rule.ts';
import { readRules } from '../options/rule-options.ts';
import { closingCode } from '../terminal/closing-code.ts';
import { verdictCode } from '../terminal/verdict-closing.ts';

/** What a run is held against when it is done. */
export interface RunGate {
  readonly rules: readonly Rule[];
  readonly baseline: NamedBaseline | undefined;
}

/**
 * Reads the rules of a run before it begins: what is wrong with them is told then, and `--against latest` is the run before.
 *
 * @returns `undefined` where no rule is given.
 * @throws EigenfleetError `usage` for rules that cannot be read, and a baseline that is not there.
 */
export async function readGate(settings: RunSettings): Promise<RunGate | undefined> {
  const { against, out = defaultOut, s3Endpoint, s3Region } = settings;
  const storage = { s3Endpoint, s3Region };
  const rules = await readRules(settings, storage);
  if (rules.length === 0) {
    if (against === undefined) return undefined;
    throw new EigenfleetError(
      'usage',
      '--against compares by rules, and there is none: add --rules or --fail-if.',
    );
  }
  return {
    rules,
    baseline: await locateBaseline(against, { out, ...storage }),
  };
}

/** Checks that figures have names that a model of these classes has. */
export async function assertGate(
  gate: RunGate | undefined,
  classNames: readonly string[],
): Promise<void> {
  if (gate === undefined) return;
  const { assertKnownFigures } = await import('../../verdict/rules/known-rules.ts');
  assertKnownFigures(gate.rules, classNames);
}

/** Holds a finished run against its rules, and writes the verdict beside it. */
export async function passGate(
  gate: RunGate | undefined,
  run: { readonly store: ObjectStore; readonly runId: string },
): Promise<Verdict | undefined> {
  if (gate === undefined) return undefined;
  const { checkRun } = await import('../../verdict/check-run.ts');
  const { publishVerdict } = await import('../../verdict/publish-verdict.ts');
  const { rules, baseline } = gate;
  const checked = await checkRun({ run, rules, against: await baselineOf(run, baseline) });
  await publishVerdict(run.store, checked, reportPlaceOf(run.store, run.runId));
  return checked.verdict;
}

/** The exit code of a closed run with its verdict: a failed rule first, then what the run lacks, then a rule that could not be told. */
export function gatedCode(summary: Summary, verdict: Verdict | undefined): number {
  if (verdict?.outcome === 'fail') return exitCodes.failed;
  return closingCode(summary) || (verdict === undefined ? 0 : verdictCode(verdict));
}
