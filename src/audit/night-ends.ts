import { pruneRuns } from '../producer/plan/prune-runs.ts';
import type { Clock } from '../shared/host/clock.ts';
import type { ObjectStore } from '../shared/storage/object-store.ts';
import { announcer } from './announce/announcer.ts';
import type { Audit } from './file/audit.ts';
import { baselineOf, type CheckPorts, checkNight } from './night/check-night.ts';
import type { Night } from './night/night.ts';
import { passedNights } from './night/night-history.ts';
import type { NightActs, NightRun } from './night/night-ports.ts';
import { runStateOf } from './night/night-run.ts';
import { writeTrend } from './trend/write-trend.ts';

export interface NightEndPorts extends CheckPorts {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Webhooks may lead into the own network. */
  readonly allowInternal: boolean;
  warn(sentence: string): void;
  /** Sets a finished run beside its labels as they are now, without inference. */
  evaluateAnew(run: NightRun, labels: string | undefined): Promise<void>;
}

/** What ends a night, wherever its run was explained: the verdict, and who is told. */
export function nightEnds(ports: NightEndPorts): Pick<NightActs, 'stateOf' | 'check' | 'announce'> {
  return {
    stateOf: ({ out, runId }) => runStateOf(ports.openStore(out), runId),
    check: async (audit, night, earlier) => {
      const { labels } = audit;
      const place = typeof labels === 'string' ? labels : undefined;
      if (night.labelsChanged) await ports.evaluateAnew(night, place);
      return checkNight(audit, night, earlier, ports);
    },
    announce: announcer(ports),
  };
}

/** What is made of the history when a night is over: its page, and room. The run of a baseline, and that of the last night that passed, stay. */
export async function afterNight(
  audit: Audit,
  nights: readonly Night[],
  ports: CheckPorts & { readonly home: ObjectStore; readonly signal?: AbortSignal | undefined },
): Promise<void> {
  await writeTrend(ports.home, { audit });
  const { name, keep } = audit;
  const baseline = await baselineOf(audit, nights, ports);
  const [passed] = passedNights(nights);
  const except = new Set([baseline?.runId, passed?.runId].filter((one) => one !== undefined));
  await pruneRuns({ store: ports.openStore(audit.out), name, keep, except, signal: ports.signal });
}
