import type { Audit } from '../audit/file/audit.ts';
import type { Night } from '../audit/night/night.ts';
import type { NightPorts, NightRun, PreparedNight } from '../audit/night/night-ports.ts';
import { type PlanPorts, prepareNight, settingsOf } from '../audit/night/prepare-night.ts';
import { type PlannedRun, planRun } from '../producer/plan/plan-run.ts';
import { objectKeys } from '../shared/run/object-keys.ts';
import type { RunSettings } from '../shared/settings/run-settings.ts';
import type { ObjectStore } from '../shared/storage/object-store.ts';
import type { PatientStores } from '../shared/storage/patient-stores.ts';
import { runPlanned } from './run-planned.ts';
import type { RunProgress } from './run-progress.ts';

export interface LocalNightPorts extends PlanPorts {
  readonly stores: PatientStores;
  onProgress?(progress: RunProgress): void;
}

/** Has nights explained in this process, without a fleet. */
export function localNight(ports: LocalNightPorts): Pick<NightPorts, 'prepare' | 'tend'> {
  return {
    prepare: async (audit: Audit, earlier: readonly Night[]): Promise<PreparedNight> => {
      const { facts, planned, settings, store } = await prepareNight(audit, earlier, ports);
      return {
        facts,
        begin: () => explain({ planned, settings, store }, ports),
        close: () => planned.close(),
      };
    },
    tend: async (audit: Audit, { out, runId }: NightRun) => {
      const { model: _, images: __, name: ___, labels: ____, ...said } = settingsOf(audit, ports);
      const settings: RunSettings = { ...said, run: runId };
      const store = ports.openStore(out);
      const planned = await planRun({ ...ports, settings, store, command: '' });
      try {
        return await explain({ planned, settings, store }, ports);
      } finally {
        await planned.close();
      }
    },
  };
}

interface Explained {
  readonly planned: PlannedRun;
  readonly settings: RunSettings;
  readonly store: ObjectStore;
}

/** Throws where the signal came first: the night stays as it is, and the next start goes on. */
async function explain(run: Explained, ports: LocalNightPorts): Promise<'done'> {
  const { stores, note, warn, signal, onProgress } = ports;
  // The run of an earlier night with the same images and model may have been cancelled; this night was not.
  await run.store.delete(objectKeys.cancelled(run.planned.plan.spec.runId));
  const outcome = await runPlanned({
    ...{ ...run, stores, note, warn, signal },
    ...(onProgress && { onProgress: (now) => onProgress(now) }),
  });
  if (outcome.status === 'interrupted') signal.throwIfAborted();
  return 'done';
}
