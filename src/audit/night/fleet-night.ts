import { assertOneFile, uploadModel } from '../../model/cache/model-cache.ts';
import { nameStartedRun } from '../../producer/plan/name-started-run.ts';
import { writePlan } from '../../producer/plan/write-plan.ts';
import { enqueueRun } from '../../producer/queue/enqueue-run.ts';
import { resumeRun } from '../../producer/queue/resume-run.ts';
import { sweepRun } from '../../producer/queue/sweep-run.ts';
import type { FleetQueues } from '../../shared/queue/fleet-queues.ts';
import type { RunProgress } from '../../shared/queue/run-counters.ts';
import { openRun } from '../../shared/run/open-run.ts';
import { runsOfName } from '../../shared/run/run-names.ts';
import type { Audit } from '../file/audit.ts';
import type { Night } from './night.ts';
import type { NightPorts, NightRun, PreparedNight } from './night-ports.ts';
import { type PlannedNightRun, type PlanPorts, prepareNight } from './prepare-night.ts';

export interface FleetNightPorts extends PlanPorts {
  readonly queues: FleetQueues;
  readonly progress: RunProgress;
  /** How long to leave an open run alone after it was looked at; 0 when absent. */
  readonly tendEveryMs?: number;
}

/** Has nights explained by the workers of a fleet, before other runs. */
export function fleetNight(ports: FleetNightPorts): Pick<NightPorts, 'prepare' | 'tend'> {
  const tended = new Map<string, number>();
  return {
    prepare: async (audit: Audit, earlier: readonly Night[]): Promise<PreparedNight> => {
      const prepared = await prepareNight(audit, earlier, ports);
      const { model, externalFiles } = fileOf(prepared);
      assertOneFile(model, externalFiles);
      return {
        facts: prepared.facts,
        begin: () => enqueue(audit, prepared, ports),
        close: () => prepared.planned.close(),
      };
    },
    tend: async ({ name }: Audit, { out, runId }: NightRun) => {
      const { queues, progress, tendEveryMs = 0 } = ports;
      const now = performance.now();
      if (now - (tended.get(runId) ?? -tendEveryMs) < tendEveryMs) return 'begun';
      const store = ports.openStore(out);
      // Its planner may have died before it had its name, by which the next night finds what to carry over.
      if (!tended.has(runId) && (await runsOfName(store, name))[0] !== runId) {
        await nameStartedRun(store, { runId, name }, ports.note);
      }
      tended.set(runId, now);
      // Redis may have lost everything.
      await progress.rememberOut(store.uri);
      const spec = await openRun(store, runId);
      const { added } = await sweepRun({ queues, progress, store, spec, priority: 'audit' });
      if (added > 0) ports.note(`Restored ${added} lost jobs of ${runId}.`);
      return 'begun';
    },
  };
}

function fileOf({ planned }: PlannedNightRun) {
  const { model } = planned.loaded;
  return { model: model.name, externalFiles: model.externalFiles };
}

async function enqueue(
  audit: Audit,
  { planned, store }: PlannedNightRun,
  { queues, progress, signal, note, warn }: FleetNightPorts,
): Promise<'begun'> {
  const { path, sha256 } = planned.loaded;
  await uploadModel(store, path, sha256);
  const { spec, created, mended } = await writePlan(store, planned.plan, signal);
  if (mended !== undefined) warn(mended);
  await nameStartedRun(store, { runId: spec.runId, name: audit.name }, note);
  await progress.rememberOut(store.uri);
  const run = { queues, progress, store, spec, priority: 'audit' } as const;
  if (created) await enqueueRun({ ...run, created, signal });
  // The same images and model as on an earlier night, whose run may have been cancelled, or have lost shards for good: a new night tries them again.
  else await resumeRun({ ...run, retryFailed: true });
  return 'begun';
}
