import { messageOf } from '../shared/errors.ts';
import type { RunProgress } from '../shared/queue/run-counters.ts';
import { openStore, type StoreOptions } from '../shared/storage/open-store.ts';
import { PatientStores, type PlaceNotice } from '../shared/storage/patient-stores.ts';
import type { Logger } from '../shared/telemetry/logger.ts';

/** What a job in hand waits for: its work is not to be done again for an outage of the usual length, nor others be kept waiting by a lasting one. */
const limitMs = 5 * 60_000;
/** Of a right or an address that somebody has to mend. */
const lastingLimitMs = 60_000;

export interface ServiceStoresOptions {
  readonly storage: StoreOptions;
  readonly logger: Logger;
  readonly progress: Pick<RunProgress, 'storageAway' | 'storageBack'>;
  /** Ends all waiting. */
  readonly signal: AbortSignal;
}

/** The stores of a service: it waits as long as it takes, says so in the log once a minute, and in Redis for those who follow a run there. */
export function serviceStores(options: ServiceStoresOptions): PatientStores {
  const { storage, signal } = options;
  return new PatientStores({
    open: (uri) => openStore(uri, storage),
    ...{ limitMs, lastingLimitMs, fromStart: true, signal },
    say: (notice) => tell(notice, options),
  });
}

function tell(
  { place, doing, status, reason, awayMs }: PlaceNotice,
  options: ServiceStoresOptions,
) {
  const { logger, progress } = options;
  const scope = { out: place, awayMs: Math.round(awayMs) };
  const what = `storage cannot be ${doing}`;
  if (status === 'back') logger.info(scope, `storage can be ${doing} again`);
  else
    logger.warn(
      { ...scope, reason },
      status === 'away' ? `${what}: waiting for it` : `${what} still`,
    );
  const telling =
    status === 'back' ? progress.storageBack(place) : progress.storageAway(place, reason);
  telling.catch((error: unknown) => logger.debug({ error: messageOf(error) }, 'not told'));
}
