import { messageOf } from '../shared/errors.ts';
import type { RunProgress } from '../shared/queue/run-counters.ts';
import { openStore, type StoreOptions } from '../shared/storage/open-store.ts';
import { PatientStores, type PlaceNotice } from '../shared/storage/patient-stores.ts';
import type { Logger } from '../shared/telemetry/logger.ts';

/** How long a running job waits: a usual outage must not repeat its work, and a long one must not keep others waiting. */
const limitMs = 5 * 60_000;
/** The same for a right or an address that somebody must fix. */
const lastingLimitMs = 60_000;

export interface ServiceStoresOptions {
  readonly storage: StoreOptions;
  readonly logger: Logger;
  readonly progress: Pick<RunProgress, 'storageAway' | 'storageBack'>;
  /** Ends all waiting. */
  readonly signal: AbortSignal;
}

/** The stores of a service: it waits as long as it takes, logs that once a minute, and reports it in Redis for followers of a run. */
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
