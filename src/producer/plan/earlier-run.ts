import { markedShards } from '../../shared/results/done-shards.ts';
import { BrokenRunError, findRun } from '../../shared/run/open-run.ts';
import { latestName, nameFault, namesOf, runsOfName } from '../../shared/run/run-names.ts';
import type { RunSpec } from '../../shared/run/run-spec.ts';
import { decisions, kebabOf } from '../../shared/settings/run-settings.ts';
import { asTyped, optionAt } from '../../shared/settings/setting.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';
import { canonicalJson } from './run-id.ts';

/** A run whose results another one may take over. */
export interface EarlierRun {
  readonly spec: RunSpec;
  /** Shards that are done, as far as their markers say. */
  readonly done: ReadonlySet<number>;
}

export type FoundEarlier =
  | { readonly status: 'found'; readonly run: EarlierRun }
  /** `why`: a clause, such as "there is no earlier run called nightly". */
  | { readonly status: 'none'; readonly why: string };

/** Earlier runs of a name that are looked at: a model that was rolled back finds its own results of some nights ago. */
const mostLookedAt = 32;

/**
 * Finds the last run of a name (without one: the last run; of an `owner`, where none of that name fits, one of another name over images of the same place) whose results are those of this plan wherever the images are the same: made by the same model under the same options.
 * A whole one goes before one that was stopped.
 */
export async function findEarlier(
  store: ObjectStore,
  plan: RunSpec,
  name: string | undefined,
  owner?: string,
): Promise<FoundEarlier> {
  const own = await runsOfName(store, name ?? latestName);
  const found = await findAmong(specsOf(store, own), store, plan);
  if (found.run !== undefined) return { status: 'found', run: found.run };
  if (owner !== undefined) {
    const { run } = await findAmong(runsOfOthers(store, plan, own), store, plan);
    if (run !== undefined) return { status: 'found', run };
  }
  if (found.why !== undefined) return { status: 'none', why: found.why };
  const fault = name === undefined ? undefined : await nameFault(store, name);
  const called = name === undefined ? '' : ` called ${JSON.stringify(name)}`;
  return { status: 'none', why: fault ?? `there is no earlier run${called} with results` };
}

async function* specsOf(store: ObjectStore, runIds: readonly string[]): AsyncGenerator<RunSpec> {
  for (const runId of runIds.slice(0, mostLookedAt)) {
    const spec = await readable(store, runId);
    if (spec !== undefined) yield spec;
  }
}

/** Runs of other names over images of the same place: those of another audit, whose rules are others. */
async function* runsOfOthers(
  store: ObjectStore,
  { dataset: { rootUri } }: RunSpec,
  own: readonly string[],
): AsyncGenerator<RunSpec> {
  const known = new Set(own);
  let found = 0;
  for (const other of await namesOf(store)) {
    const runIds = await runsOfName(store, other);
    for (const runId of runIds.slice(0, mostLookedAt)) {
      if (known.has(runId)) continue;
      known.add(runId);
      const spec = await readable(store, runId);
      if (spec?.dataset.rootUri !== rootUri) continue;
      yield spec;
      found += 1;
      if (found === mostLookedAt) return;
    }
  }
}

async function findAmong(
  specs: AsyncIterable<RunSpec>,
  store: ObjectStore,
  plan: RunSpec,
): Promise<{ readonly run?: EarlierRun; readonly why?: string }> {
  let why: string | undefined;
  let part: EarlierRun | undefined;
  for await (const spec of specs) {
    const { runId } = spec;
    const difference = differenceOf(plan, spec);
    why ??= difference && `${difference} since run ${runId}`;
    if (difference !== undefined) continue;
    const { shards } = spec.dataset;
    const run = { spec, done: await markedShards(store, { runId, shards }) };
    if (run.done.size === shards) return { run };
    if (run.done.size > 0) part ??= run;
  }
  return { ...(part && { run: part }), ...(why !== undefined && { why }) };
}

/** A run that cannot be read has nothing to take over. */
async function readable(store: ObjectStore, runId: string): Promise<RunSpec | undefined> {
  try {
    return await findRun(store, runId);
  } catch (error) {
    if (error instanceof BrokenRunError) return undefined;
    throw error;
  }
}

/** What software the stored numbers and columns depend on. */
const decidingSoftware = ['eigenfleet', 'onnxruntime-node'] as const;

/** Which pictures an image gets is decided image by image, and how many images a shard has changes no result of theirs. */
const apart = new Set(['overlays', 'shardSize']);

/** What makes all results others, as a clause; `undefined` where only the images differ. */
function differenceOf(now: RunSpec, then: RunSpec): string | undefined {
  if (now.model.sha256 !== then.model.sha256) return 'the model has changed';
  if (canonicalJson(readAs(now)) !== canonicalJson(readAs(then))) {
    return 'the model is read otherwise (--task, --names, --imgsz, --rect or --prepare)';
  }
  for (const name of decidingSoftware) {
    if (now.versions[name] === then.versions[name]) continue;
    return `${name} ${now.versions[name]} took the place of ${then.versions[name]}`;
  }
  for (const [name, { option }] of decisions) {
    if (apart.has(option)) continue;
    const [here, there] = [now, then].map(({ options }) => optionAt(options, option));
    if (canonicalJson(here ?? null) === canonicalJson(there ?? null)) continue;
    return `--${kebabOf(name)} went from ${asTyped(there)} to ${asTyped(here)}`;
  }
  if (canonicalJson(optionsOf(now)) === canonicalJson(optionsOf(then))) return undefined;
  return 'an option has changed (labels came or went, or --candidates)';
}

function readAs({ model, targetLayers, basis }: RunSpec) {
  const { uri: _, sizeBytes: __, description: ___, ...read } = model;
  return { read, targetLayers, basis };
}

function optionsOf({ options }: RunSpec) {
  return Object.fromEntries(Object.entries(options).filter(([name]) => !apart.has(name)));
}
