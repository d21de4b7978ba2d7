import { Coordinator } from '../../src/fleet/coordinator/coordinator.ts';
import type { CoordinatorOptions } from '../../src/fleet/coordinator/coordinator-options.ts';
import { keepAudits } from '../../src/fleet/coordinator/keep-audits.ts';
import { whenParentGone } from '../../src/fleet/parent-watch.ts';
import { openServiceFleet, serveFleet } from '../../src/fleet/serve-fleet.ts';
import { AllowedPlaces } from '../../src/shared/storage/allowed-places.ts';
import { openStore } from '../../src/shared/storage/open-store.ts';
import { createLogger } from '../../src/shared/telemetry/logger.ts';

/** A coordinator as `eigenfleet coordinator` is one, with two differences: its parent says what time it is, and it looks at the audits each second. */
const [url = '', homeUri = '', start = ''] = process.argv.slice(2);
let now = new Date(start);
process.on('message', (time: string) => {
  now = new Date(time);
});

const beatEveryMs = 1_000;
/** Only what Redis lost waits for a sweep, which asks the storage for each run of all nights, and for each shard of one that is being summarized. */
const sweepEveryMs = 5_000;
const logger = createLogger({ level: 'info', component: 'coordinator' });
const fleet = openServiceFleet({ url, cluster: false }, logger);
const everywhere = new AllowedPlaces(undefined);
const open = (uri: string) => openStore(uri);
const own: CoordinatorOptions = {
  ...{ ...fleet, logger, places: { ins: everywhere, outs: everywhere }, outs: [] },
  ...{ openStore: open, openImages: open, openPatientStore: open, sweepEveryMs },
};
const audits = keepAudits({
  ...{ ...own, home: open(homeUri), storage: {}, openSource: open, allowInternal: false },
  evaluateAnew: () => Promise.reject(new Error('No labels change here.')),
  ...{ clock: { now: () => now }, beatEveryMs, lockMs: 3_000 },
});
whenParentGone(() => process.exit(1));
await serveFleet({
  ...{ ...fleet, watch: fleet.redis, logger, graceMs: 1_000, onStopping: () => {} },
  start: () => {
    const coordinator = new Coordinator({ ...own, audits });
    coordinator.start();
    return coordinator;
  },
});
process.exit(0);
