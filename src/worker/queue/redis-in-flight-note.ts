import { randomUUID } from 'node:crypto';
import type { Cluster, Redis } from 'ioredis';
import { crashNoteKey } from '../../shared/queue/run-keys.ts';
import type { ShardAddress } from '../../shared/run/places/run-address.ts';
import {
  type CrashState,
  condemned,
  crashStateSchema,
  judgeCrash,
  noCrash,
  type Remains,
} from '../shard/crash-suspects.ts';
import type { InFlightNote } from '../shard/in-flight-note.ts';

/** A note expires after a week without changes. */
const expirySeconds = 7 * 86_400;

/**
 * The note of one shard in Redis, where the next attempt finds it on whatever machine it runs. Rows under way are fields of a hash, named
 * `<attempt>:<row>`, so that two attempts at once do not mix. Fields of other attempts count as those of a dead one: if it lives
 * after all, its rows are tried alone and acquitted.
 */
export async function openRedisInFlightNote(
  redis: Redis | Cluster,
  address: ShardAddress,
): Promise<InFlightNote> {
  const key = crashNoteKey(address);
  const attempt = randomUUID().slice(0, 8);
  const state = await takeOver(redis, key);
  const suspects = new Set(state.suspects);
  const mine = new Set<string>();
  const quarantined = new Set(state.quarantined);
  return {
    suspects: state.suspects,
    quarantined,
    condemn: async (row) => {
      quarantined.add(row);
      const now = JSON.stringify(condemned(state, quarantined));
      await redis.multi().hset(key, 'state', now).expire(key, expirySeconds).exec();
    },
    begin: async (row) => {
      const field = `${attempt}:${row}`;
      mine.add(field);
      const note = redis.pipeline().hset(key, field, '+').expire(key, expirySeconds);
      for (const [error] of (await note.exec()) ?? []) if (error !== null) throw error;
    },
    end: async (row) => {
      const field = `${attempt}:${row}`;
      if (!suspects.has(row)) mine.delete(field);
      const ended = suspects.has(row) ? redis.hset(key, field, '-') : redis.hdel(key, field);
      await ended.catch(() => {});
    },
    close: async (outcome) => {
      if (outcome === 'done') await redis.del(key);
      else if (mine.size > 0) await redis.hdel(key, ...mine);
    },
  };
}

/** Judges what other attempts left, and removes it. */
async function takeOver(redis: Redis | Cluster, key: string): Promise<CrashState> {
  const fields = await redis.hgetall(key);
  const state = judgeCrash(stateIn(fields.state), remainsIn(fields));
  const left = Object.keys(fields).filter((field) => field.includes(':'));
  const opening = redis.multi();
  if (left.length > 0) opening.hdel(key, ...left);
  if (state.suspects.length + state.quarantined.length > 0) {
    opening.hset(key, 'state', JSON.stringify(state));
    opening.expire(key, expirySeconds);
  }
  await opening.exec();
  return state;
}

function stateIn(text: string | undefined) {
  if (text === undefined) return noCrash;
  try {
    return crashStateSchema.safeParse(JSON.parse(text)).data ?? noCrash;
  } catch {
    return noCrash;
  }
}

/** A finished row has no field, except for an acquitted suspect: `-`. */
function remainsIn(fields: Readonly<Record<string, string>>): Remains {
  const begun = new Set<number>();
  const ended = new Set<number>();
  for (const [field, value] of Object.entries(fields)) {
    const row = /^[0-9a-f]+:(\d{1,7})$/.exec(field)?.[1];
    if (row === undefined) continue;
    begun.add(Number(row));
    if (value === '-') ended.add(Number(row));
  }
  return { begun, ended };
}
