import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { Redis } from 'ioredis';
import { startRedis } from './redis-server.ts';

/** An empty database for one test. Others may be on the same server: not to be killed or wiped (FLUSHDB would end the loan). */
export interface LentRedis {
  readonly url: string;
  /** Empties the database and gives it back. */
  close(): Promise<void>;
}

/** Marks a database as one of ours: it stays while a test has it, and after a test that died, whose leavings may then be deleted. */
const mark = 'eigenfleet-test-database';
/** Held by the test that has the database now; it ends by itself when that test died. */
const lease = 'eigenfleet-test-lease';
const leaseMs = 15 * 60_000;

/** Takes the database that is selected, if it is empty or a dead test's. One step, so that two tests never get the same. */
const takeDatabase = `
local empty = redis.call('DBSIZE') == 0
local left = redis.call('EXISTS', KEYS[1]) == 1 and redis.call('EXISTS', KEYS[2]) == 0
if not empty and not left then return 0 end
redis.call('FLUSHDB')
redis.call('SET', KEYS[1], '1')
redis.call('SET', KEYS[2], ARGV[1], 'PX', ARGV[2])
return 1`;

let said = false;

/**
 * A database on the server that `REDIS_URL` names, if that has an empty one to spare among 1 to 15 (database 0 and whatever is in use are left alone);
 * else a server of the test's own. Everything that eigenfleet keeps in Redis lies under one fixed prefix, so tests are kept apart by database.
 */
export async function lendRedis(): Promise<LentRedis> {
  const url = process.env.REDIS_URL;
  return (url && (await borrow(url))) || startRedis();
}

async function borrow(url: string): Promise<LentRedis | undefined> {
  const client = new Redis(url, { maxRetriesPerRequest: 1 });
  client.on('error', () => {});
  try {
    for (let database = 1; database <= 15; database += 1) {
      await client.select(database);
      const taken = await client.eval(takeDatabase, 2, mark, lease, randomUUID(), leaseMs);
      if (taken === 1) return lent(client, url, database);
    }
    say('it has no empty database to spare');
  } catch (error) {
    say(String(error));
  }
  client.disconnect();
  return undefined;
}

function lent(client: Redis, url: string, database: number): LentRedis {
  if (!said) writeFileSync(2, 'The Redis that REDIS_URL names serves the tests\n');
  said = true;
  return {
    url: Object.assign(new URL(url), { pathname: `/${database}` }).href,
    close: async () => {
      await client.flushdb();
      client.disconnect();
    },
  };
}

function say(reason: string): void {
  writeFileSync(2, `REDIS_URL is not used (${reason}): tests start a Redis of their own.\n`);
}
