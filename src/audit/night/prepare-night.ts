import { type PlannedRun, planRun } from '../../producer/plan/plan-run.ts';
import { EigenfleetError } from '../../shared/errors.ts';
import { commandLine } from '../../shared/redaction/command-line.ts';
import { findRun } from '../../shared/run/open-run.ts';
import { modelNameOf } from '../../shared/run/places/model-name.ts';
import { labelPlaceOf, type RunSpec } from '../../shared/run/run-spec.ts';
import { readRunState } from '../../shared/run/run-state.ts';
import type { RunSettings } from '../../shared/settings/run-settings.ts';
import { parseSaid } from '../../shared/settings/said-settings.ts';
import type { AllowedPlaces } from '../../shared/storage/allowed-places.ts';
import { placeOf } from '../../shared/storage/local-path.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';
import type { Notices } from '../../shared/telemetry/notices.ts';
import { assertKnownFigures } from '../../verdict/rules/known-rules.ts';
import { type Audit, previousBaseline } from '../file/audit.ts';
import { inAuditWords } from './audit-words.ts';
import { baselineOf, type CheckPorts, rulesOf } from './check-night.ts';
import type { Night } from './night.ts';
import { lastClosed } from './night-history.ts';
import type { PreparedNight } from './night-ports.ts';

export interface PlanPorts extends CheckPorts, Notices {
  readonly signal: AbortSignal;
  /** The place of the home, for run.json. */
  readonly homeUri: string;
  /** Ultralytics' `datasets_dir`. */
  readonly datasetsFolder?: string | undefined;
}

/** A night that is planned, before anything was written. */
export interface PlannedNightRun {
  readonly planned: PlannedRun;
  readonly settings: RunSettings;
  readonly store: ObjectStore;
  readonly facts: PreparedNight['facts'];
}

/**
 * Plans the run of a night: finds its model, lists its images, and looks whether its rules and its baseline can be used, which would be told only after the run otherwise.
 *
 * @throws EigenfleetError for what keeps the run from being planned, `storage` for a place that may not be used.
 */
export async function prepareNight(
  audit: Audit,
  earlier: readonly Night[],
  ports: PlanPorts,
): Promise<PlannedNightRun> {
  await assertSaidPlaces(audit, ports);
  const rules = rulesOf(audit);
  const baseline = await baselineOf(audit, earlier, ports);
  const settings = settingsOf(audit, ports);
  const store = ports.openStore(audit.out);
  const command = commandLine(['audit', 'run', audit.name, '--audits', placeOf(ports.homeUri)]);
  const request = { ...ports, ...inAuditWords(ports), settings, store, command };
  const planned = await planRun({ ...request, owner: audit.name, ins: ports.places.ins });
  try {
    const { spec } = planned.plan;
    await assertFoundPlaces(spec, audit, ports);
    assertKnownFigures(rules, spec.model.classNames);
    const model = modelOf(spec, lastClosed(earlier));
    const images = await imagesOf(planned, store);
    const run = { runId: spec.runId, out: store.uri };
    const facts = {
      ...{ ...run, model, images, ...(baseline && { baseline: baseline.runId }) },
      ...((await hasOtherLabels(spec, store)) && { labelsChanged: true as const }),
    };
    return { planned, settings, store, facts };
  } catch (error) {
    await planned.close();
    throw error;
  }
}

/** The settings of a run of an audit. */
export function settingsOf(audit: Audit, { storage }: Pick<PlanPorts, 'storage'>): RunSettings {
  const { name, images, model, labels, out, options, incremental } = audit;
  const said = parseSaid(options, `audit ${name}`);
  return {
    ...{ ...said, ...storage, model, images, out, name },
    ...(labels !== undefined && { labels }),
    ...(incremental && { newOnly: true }),
  };
}

/** Of a run that is there already nothing is explained. */
async function imagesOf(
  { plan: { spec }, carry }: PlannedRun,
  store: ObjectStore,
): Promise<NonNullable<Night['images']>> {
  const { images: total } = spec.dataset;
  if (carry !== undefined) {
    const { explained, carried, removed, relabeled } = carry;
    return { total, explained, carried, removed, relabeled };
  }
  const isDone = (await readRunState(store, spec.runId)) === 'closed';
  const explained = isDone ? 0 : total;
  return { total, explained, carried: total - explained, removed: 0, relabeled: 0 };
}

/** Whether a run of these images is there and was planned with other labels: an id says nothing of labels. */
async function hasOtherLabels({ runId, labels }: RunSpec, store: ObjectStore): Promise<boolean> {
  const stored = await findRun(store, runId);
  return stored !== undefined && labels !== undefined && stored.labels?.digest !== labels.digest;
}

/** The model of the file; the night's record names the one before it where that was another. */
function modelOf(
  { model: { uri, sha256 } }: RunSpec,
  before: Night | undefined,
): NonNullable<Night['model']> {
  const last = before?.model?.sha256;
  const isChanged = last !== undefined && last !== sha256;
  return { uri, sha256, name: modelNameOf(uri), ...(isChanged && { changedFrom: last }) };
}

interface NamedPlace {
  readonly audit: Audit;
  readonly what: 'images' | 'labels' | 'baseline' | 'results';
}

/** Throws `storage` for a place that an audit names and this process may not use. */
async function assertSaidPlaces(audit: Audit, { places, openStore }: PlanPorts): Promise<void> {
  const { ins, outs } = places;
  const { images, labels, out, baseline } = audit;
  await assertPlace(outs, openStore(out).uri, { audit, what: 'results' });
  await assertPlace(ins, images, { audit, what: 'images' });
  if (typeof labels === 'string') await assertPlace(ins, labels, { audit, what: 'labels' });
  const isPlace = baseline !== undefined && /[/\\]/.test(baseline);
  if (!isPlace || baseline === previousBaseline || (await outs.has(baseline))) return;
  await assertPlace(ins, baseline, { audit, what: 'baseline' });
}

/** A data.yaml or a list may lead elsewhere. */
async function assertFoundPlaces(
  spec: RunSpec,
  audit: Audit,
  { places: { ins } }: PlanPorts,
): Promise<void> {
  await assertPlace(ins, spec.dataset.rootUri, { audit, what: 'images' });
  const labels = labelPlaceOf(spec);
  if (labels !== undefined) await assertPlace(ins, labels, { audit, what: 'labels' });
}

async function assertPlace(
  allowed: AllowedPlaces,
  place: string,
  { audit, what }: NamedPlace,
): Promise<void> {
  if (!allowed.restricts || (await allowed.has(place))) return;
  const shown = placeOf(place);
  const verb = what === 'results' ? 'write results to' : `read the ${what} at`;
  const flag = what === 'results' ? '--allow-out' : '--allow-in';
  throw new EigenfleetError(
    'storage',
    `This process may not ${verb} ${shown}, which audit ${audit.name} names: start it with ${flag} ${shown}, or change the audit.`,
  );
}
