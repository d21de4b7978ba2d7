import type { Verdict } from '../../report/summary/verdict-schema.ts';
import { baselineOf, locateBaseline } from '../../shared/run/places/baseline-of.ts';
import { locateRun } from '../../shared/run/places/locate-run.ts';
import { reportPlaceOf } from '../../shared/run/run-state.ts';
import { defaultOut } from '../../shared/settings/run-settings.ts';
import type { StoreOptions } from '../../shared/storage/open-store.ts';
import { checkRun } from '../../verdict/check-run.ts';
import { publishVerdict } from '../../verdict/publish-verdict.ts';
import { parseRules } from '../../verdict/rules/parse-rules.ts';

/** A rule as in a rules file: `'recall >= 0.7'`, or an object with its details. */
export type WrittenRule = string | Readonly<Record<string, unknown>>;

export interface CheckOptions extends StoreOptions {
  /** What must hold; one at least. */
  readonly rules: readonly WrittenRule[];
  /** The run that changes and drift are measured from. */
  readonly against?: string;
  /** Where names and ids are looked up: a folder or `s3://bucket/prefix`. Default `eigenfleet-results`, as of the command line. */
  readonly out?: string;
  /** Whether the verdict is written beside the run, as `eigenfleet check` does. */
  readonly write?: boolean;
}

/** See `check` in `library.ts`. */
export async function checkNamedRun(
  reference: string,
  { rules: written, against, out = defaultOut, write = false, ...storage }: CheckOptions,
): Promise<Verdict> {
  // JSON is YAML, so what is wrong is told as of a file.
  const rules = parseRules(JSON.stringify({ rules: written }), 'rules');
  const place = { out, ...storage };
  const run = await locateRun(reference, place);
  const baseline = await locateBaseline(against, place);
  const checked = await checkRun({ run, against: await baselineOf(run, baseline), rules });
  if (write) await publishVerdict(run.store, checked, reportPlaceOf(run.store, run.runId));
  return checked.verdict;
}
