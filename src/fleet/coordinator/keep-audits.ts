import { hostname } from 'node:os';
import { fleetNight } from '../../audit/night/fleet-night.ts';
import { afterNight, nightEnds } from '../../audit/night-ends.ts';
import { machineClock } from '../../shared/host/clock.ts';
import type { RunAddress } from '../../shared/run/places/run-address.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';
import type { StoreOptions } from '../../shared/storage/open-store.ts';
import type { Notices } from '../../shared/telemetry/notices.ts';
import { AuditKeeper, type AuditKeeperOptions } from './audit-keeper.ts';
import type { CoordinatorOptions } from './coordinator-options.ts';

export interface KeptAudits
  extends Pick<
      CoordinatorOptions,
      'connection' | 'redis' | 'queues' | 'progress' | 'logger' | 'places' | 'openStore'
    >,
    Pick<AuditKeeperOptions, 'beatEveryMs' | 'lockMs'>,
    Partial<Pick<AuditKeeperOptions, 'clock' | 'worker'>> {
  readonly home: ObjectStore;
  readonly storage: StoreOptions;
  /** Of what may be read and not written. */
  readonly openSource: (uri: string) => ObjectStore;
  readonly datasetsFolder?: string | undefined;
  /** Webhooks may lead into the own network. */
  readonly allowInternal: boolean;
  /** Sets a finished run beside its labels as they are now. */
  evaluateAnew(
    run: RunAddress,
    labels: string | undefined,
    ports: Notices & { readonly signal: AbortSignal },
  ): Promise<void>;
}

/** The audits of a home, kept by a coordinator: their nights are explained by the workers of its fleet. */
export function keepAudits(options: KeptAudits): AuditKeeper {
  const { clock = machineClock, logger, home } = options;
  const { worker = `${hostname()}:${process.pid}` } = options;
  const notices = {
    note: (line: string) => logger.info({}, line),
    warn: (line: string) => logger.warn({}, line),
  };
  return new AuditKeeper({
    ...{ ...options, clock, worker },
    ports: (signal) => ({
      ...nightEnds({
        ...{ ...options, ...notices, clock, signal },
        evaluateAnew: (run, labels) => options.evaluateAnew(run, labels, { ...notices, signal }),
      }),
      ...fleetNight({ ...options, ...notices, signal, homeUri: home.uri }),
    }),
    settled: (audit, nights) => afterNight(audit, nights, options),
  });
}
