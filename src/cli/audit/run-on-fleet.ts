import { fleetNight } from '../../audit/night/fleet-night.ts';
import type { Night } from '../../audit/night/night.ts';
import { lockAudit } from '../../audit/night/redis-lock.ts';
import { type FleetConnection, withFleet } from '../../fleet/fleet-connection.ts';
import type { RedisTarget } from '../../shared/queue/redis-connection.ts';
import { placeOf } from '../../shared/storage/local-path.ts';
import { openStore } from '../../shared/storage/open-store.ts';
import { followRun } from '../follow/follow-run.ts';
import { advanceOwn, type OwnNight, ownPorts } from './advance-own.ts';

/** How often lost jobs of the run are restored. */
const tendEveryMs = 30_000;

/** Has a night explained by the workers of a fleet, and follows it. A coordinator of the same audits may advance it as well: one at a time does. */
export async function runOnFleet(own: OwnNight, target: RedisTarget): Promise<Night> {
  const { call, audit } = own;
  const lockOf = { home: call.home.uri, audit: audit.name };
  return withFleet(target, async (fleet) => {
    const { connection, queues, progress } = fleet;
    const acts = fleetNight({ ...(await ownPorts(own)), queues, progress, tendEveryMs });
    const follower = new AbortController();
    let following: Promise<unknown> | undefined;
    try {
      return await advanceOwn(own, acts, {
        attempt: async (advance) => {
          const lock = await lockAudit(connection, lockOf);
          if (lock !== undefined) await advance().finally(() => lock.release());
        },
        seen: (night) => {
          if (night.status === 'planned') following ??= follow(night, own, fleet, follower.signal);
        },
      });
    } finally {
      follower.abort();
      await following;
    }
  });
}

/** Shows how the run goes on; what keeps it from being shown does not keep it from going on. */
async function follow(
  { runId = '', out = '' }: Night,
  { call, signal }: OwnNight,
  fleet: FleetConnection,
  stopped: AbortSignal,
): Promise<void> {
  const store = openStore(out, call.storage);
  const { terminal } = call;
  terminal.note(`Planned as run ${runId} in ${placeOf(out)}.`);
  await followRun({
    ...{ fleet, store, runId, terminal, json: false, isPart: true },
    signal: AbortSignal.any([signal, stopped]),
  }).catch(() => {});
}
