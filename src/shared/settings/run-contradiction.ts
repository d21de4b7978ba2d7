import type { ExplainOptions, RunSpec } from '../run/run-spec.ts';
import { decisions, kebabOf, type RunSettings } from './run-settings.ts';
import { asTyped, optionAt } from './setting.ts';

export interface ContradictionRequest {
  readonly spec: RunSpec;
  /** The settings that were given; only these can contradict. */
  readonly settings: RunSettings;
  /** The settings resolved, as `resolveOptions` does. */
  readonly explain: ExplainOptions;
  readonly modelSha256: string;
  /** Digest of the images as they are now; left out when they were not listed. */
  readonly digest?: string;
}

/**
 * Returns what keeps `--run ID` from continuing that run: one clause for each setting, model or dataset that differs from run.json.
 * Empty when nothing does.
 */
export function contradictionsOf(request: ContradictionRequest): string[] {
  const { spec, settings, explain } = request;
  const clauses: string[] = [];
  if (request.modelSha256 !== spec.model.sha256) {
    clauses.push(`the run has another model (${spec.model.uri})`);
  }
  if (request.digest !== undefined && request.digest !== spec.dataset.digest) {
    clauses.push(`the images are not those of the run (${spec.dataset.source}), or have changed`);
  }
  for (const [name, { option, parity, absent }] of decisions) {
    const said = settings[name] !== undefined;
    if (!said && !(settings.parity && parity !== undefined)) continue;
    const [here, there] = [optionAt(explain, option), optionAt(spec.options, option)];
    // A switch that nobody turned on is not in run.json.
    const isSwitch = [here, there].some((value) => typeof value === 'boolean');
    const [now, then] = [here, there].map((value) =>
      asTyped(value ?? absent ?? (isSwitch ? false : value)),
    );
    const clause = said ? `--${kebabOf(name)} is` : `--parity sets ${kebabOf(name)} to`;
    if (now !== then) clauses.push(`${clause} ${now}, the run has ${then}`);
  }
  return clauses;
}
