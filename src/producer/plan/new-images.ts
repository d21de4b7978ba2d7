import { objectKeys } from '../../shared/run/object-keys.ts';
import type { RunSpec } from '../../shared/run/run-spec.ts';
import {
  type ResolvedOptions,
  type ResolveRequest,
  resolveOptions,
} from '../../shared/settings/resolve-options.ts';
import type { RunSettings } from '../../shared/settings/run-settings.ts';
import type { Notices } from '../../shared/telemetry/notices.ts';
import type { RunPlan } from './freeze-run.ts';
import { type CarryRequest, type PlannedCarry, planCarry } from './plan-carry.ts';
import { stableShardSize } from './stable-shards.ts';

/** The defaults; shards of what is new are cut otherwise only when the dataset has doubled. */
export function resolvePlanned(
  settings: RunSettings,
  imageCount: number,
  found: Pick<ResolveRequest, 'targetLayers' | 'basis'>,
): ResolvedOptions {
  const resolved = resolveOptions({ settings, imageCount, ...found });
  if (settings.newOnly !== true || settings.shardSize !== undefined) return resolved;
  const explain = { ...resolved.explain, shardSize: stableShardSize(imageCount) };
  return { ...resolved, explain };
}

interface Settled {
  readonly settings: RunSettings;
}

/** What is new since the last run of the name, which is said; `undefined` for a run of everything. */
export async function carryOf(
  {
    settings,
    store,
    owner,
    note,
  }: Pick<Notices, 'note'> & Pick<CarryRequest, 'store' | 'owner'> & Settled,
  { spec }: Pick<RunPlan, 'spec'>,
  listed: Pick<CarryRequest, 'dataset' | 'labels'>,
): Promise<PlannedCarry | undefined> {
  if (settings.newOnly !== true) return undefined;
  const isThere = (await store.head(objectKeys.run(spec.runId))) !== undefined;
  const carry = isThere
    ? unchanged(spec)
    : await planCarry({ store, spec, name: settings.name, owner, ...listed });
  note(carry.report.sentence);
  return carry;
}

/** A run of the same images is there already. */
function unchanged({ runId, dataset }: RunSpec): PlannedCarry {
  const { images: total } = dataset;
  const counts = { total, explained: 0, carried: total, relabeled: 0, removed: 0 };
  const sentence = `No image is new, changed or gone since run ${runId}: it is the same run.`;
  return { report: { from: runId, ...counts, sentence }, close: async () => {} };
}

/** The plan with what it takes over. */
export function withCarry(plan: RunPlan, carry: PlannedCarry | undefined) {
  if (carry === undefined) return { plan };
  const { report, parts } = carry;
  const { from, carried: images } = report;
  if (from === undefined || parts === undefined) return { plan, carry: report };
  const spec = { ...plan.spec, carried: { runId: from, images } };
  return { plan: { ...plan, spec, carryParts: parts }, carry: report };
}
