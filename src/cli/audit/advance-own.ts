import { setTimeout as pause } from 'node:timers/promises';
import type { Audit } from '../../audit/file/audit.ts';
import { type TurnPorts, takeTurn } from '../../audit/night/audit-turn.ts';
import { isSettled, type Night } from '../../audit/night/night.ts';
import { NightCache } from '../../audit/night/night-cache.ts';
import type { NightActs } from '../../audit/night/night-ports.ts';
import { readNight } from '../../audit/night/stored-nights.ts';
import { afterNight, nightEnds } from '../../audit/night-ends.ts';
import { EigenfleetError, messageOf } from '../../shared/errors.ts';
import { machineClock } from '../../shared/host/clock.ts';
import { AllowedPlaces } from '../../shared/storage/allowed-places.ts';
import { openStore } from '../../shared/storage/open-store.ts';
import { fromEnvironment } from '../options/from-environment.ts';
import type { AuditCall } from './audit-call.ts';
import { evaluateAnew } from './evaluate-anew.ts';

/** A night that a person began. */
export interface OwnNight {
  readonly audit: Audit;
  readonly night: Night;
  readonly call: AuditCall;
  /** Webhooks may lead into the own network. */
  readonly allowInternal: boolean;
  readonly signal: AbortSignal;
}

/** How often a night is looked at that others advance. */
const lookEveryMs = 1_000;

/** What a night needs beside the one that explains it. A person may use whatever the audit names. */
export async function ownPorts({ call, signal }: OwnNight) {
  const { home, storage, terminal } = call;
  const { note, warn } = terminal;
  const open = (uri: string) => openStore(uri, storage);
  const everywhere = new AllowedPlaces(undefined);
  const places = { ins: everywhere, outs: everywhere };
  const { datasetsFolder } = await fromEnvironment();
  const plan = { storage, places, note, warn, signal, datasetsFolder, homeUri: home.uri };
  return { ...plan, home, openStore: open, openSource: open };
}

export interface AdvanceOptions {
  /** Advances it if it may: others may be at it. */
  attempt?(advance: () => Promise<void>): Promise<void>;
  /** Called with each look at the record. */
  seen?(night: Night): void;
}

/**
 * Advances a night, and what is under way before it, until it is settled and told.
 *
 * @throws what keeps the night waiting, and EigenfleetError `incomplete` for a record that is gone.
 */
export async function advanceOwn(
  own: OwnNight,
  acts: Pick<NightActs, 'prepare' | 'tend'>,
  { attempt = (advance) => advance(), seen }: AdvanceOptions = {},
): Promise<Night> {
  const { audit, call, signal, night } = own;
  const { home, terminal } = call;
  const { allowInternal } = own;
  const plan = await ownPorts(own);
  const ends = nightEnds({
    ...{ ...plan, clock: machineClock, allowInternal },
    evaluateAnew: (run, labels) => evaluateAnew(run, labels, plan),
  });
  const ports: TurnPorts = {
    ...{ ...ends, ...acts, clock: machineClock, home, signal, only: night.key },
    ...{ worker: `audit run:${process.pid}`, nights: new NightCache(home) },
    settled: (one, nights) =>
      afterNight(one, nights, plan).catch((error: unknown) => terminal.warn(messageOf(error))),
  };
  for (;;) {
    await attempt(async () => {
      const step = await takeTurn({ audit }, ports);
      if (step?.error !== undefined) throw step.error;
    });
    signal.throwIfAborted();
    const now = await readNight(home, audit.name, night.key);
    if (now === undefined) {
      throw new EigenfleetError('incomplete', `The record of ${audit.name} ${night.key} is gone.`);
    }
    seen?.(now);
    if (isSettled(now) && (now.announced !== undefined || now.status === 'missed')) return now;
    await pause(lookEveryMs, undefined, { signal });
  }
}
