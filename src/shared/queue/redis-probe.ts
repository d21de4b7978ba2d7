import { createHash, randomUUID } from 'node:crypto';
import type { Cluster, Redis } from 'ioredis';
import { messageOf } from '../errors.ts';
import { causeOf } from './redis-refusal.ts';
import { MissingRightsError, missingRightOf } from './redis-rights.ts';
import { queuePrefix } from './shard-job.ts';

/** Commands of the queues' scripts and of our own, each on a key of its type and harmless there. `h`, `l`, `s`, `t`, `x`, `z`: hash, list, set, text, stream, sorted set. */
const commands: readonly string[] = [
  ...['HSET h f 1', 'HMSET h f 1', 'HGET h f', 'HMGET h f', 'HGETALL h', 'HEXISTS h f', 'HLEN h'],
  ...['HINCRBY h f 1', 'HDEL h f'],
  ...['LPUSH l 1', 'RPUSH l 1', 'LLEN l', 'LRANGE l 0 0', 'LINDEX l 0', 'LREM l 0 none'],
  ...['LTRIM l 0 9', 'RPOPLPUSH l l', 'LPOP l', 'RPOP l'],
  ...['SADD s m', 'SCARD s', 'SISMEMBER s m', 'SMEMBERS s', 'SREM s m'],
  ...['SET t 1', 'GET t', 'MGET t', 'INCR t', 'SETBIT t 1 1', 'GETBIT t 1', 'EXISTS t', 'TYPE t'],
  ...['EXPIRE t 60', 'PEXPIRE t 60000', 'PTTL t', 'PERSIST t'],
  ...['XADD x * f v', 'XLEN x', 'XTRIM x MAXLEN 0'],
  ...['ZADD z 1 m', 'ZCARD z', 'ZSCORE z m', 'ZCOUNT z 0 9', 'ZRANGE z 0 0', 'ZREVRANGE z 0 0'],
  ...['ZRANGEBYSCORE z 0 9', 'ZREVRANGEBYSCORE z 9 0', 'ZRANGEBYLEX z - +', 'ZREM z m'],
  ...['ZPOPMIN z', 'ZREMRANGEBYSCORE z 0 9', 'UNLINK t', 'DEL t'],
];

/** Calls each command and lists the denied ones; any other failure is returned at once. Leaves nothing behind. */
const script = `
local names = {}
for i, name in ipairs({'h', 'l', 's', 't', 'x', 'z'}) do names[name] = KEYS[i] end
local denied = {}
local failure
for _, line in ipairs(ARGV) do
  local words = {}
  for word in string.gmatch(line, '%S+') do words[#words + 1] = #words > 0 and names[word] or word end
  local answer = redis.pcall(unpack(words))
  if type(answer) == 'table' and answer.err then
    local text = answer.err
    if string.find(text, 'NOPERM') or string.find(text, 'ACL failure') or string.find(text, 'executing the script') then
      denied[#denied + 1] = string.lower(words[1])
    else
      failure = answer
      break
    end
  end
end
for _, key in ipairs(KEYS) do redis.pcall('DEL', key) end
if failure then return failure end
return table.concat(denied, ' ')`;
const scriptSha = createHash('sha1').update(script).digest('hex');

/**
 * Tries everything that a fleet needs of Redis on its own keys: the server must be up, take writes, and allow this user all of it. Resolves when it does.
 *
 * @throws MissingRightsError with all rights that the user lacks; else the first error of Redis or its client.
 */
export async function probeRedis(redis: Redis | Cluster): Promise<void> {
  const key = `${queuePrefix}:probe:${randomUUID()}`;
  const keys = ['h', 'l', 's', 't', 'x', 'z'].map((name) => `${key}:${name}`);
  const attempts = [
    () => redis.info(),
    async () => deniedIn(await redis.eval(script, keys.length, ...keys, ...commands)),
    () => redis.evalsha(scriptSha, keys.length, ...keys).catch(unlessUnknown),
    () => redis.multi().zadd(`${key}:b`, 1, 'm').bzpopmin(`${key}:b`, 1).exec(),
  ];
  const lacks = new Set<string>();
  for (const attempt of attempts) {
    try {
      await attempt();
    } catch (error) {
      for (const rule of missingRightsIn(error)) lacks.add(rule);
    }
  }
  if (lacks.size > 0) throw new MissingRightsError([...lacks]);
}

/** Throws any error that is not about rights. */
function missingRightsIn(error: unknown): readonly string[] {
  if (error instanceof MissingRightsError) return error.rules;
  const right = missingRightOf(causeOf(error));
  if (right === undefined) throw error;
  return [right];
}

function deniedIn(answer: unknown): void {
  const denied = String(answer)
    .split(' ')
    .filter((name) => name !== '');
  if (denied.length > 0) throw new MissingRightsError(denied.map((name) => `+${name}`));
}

/** Where EVAL was denied, nobody knows the script. */
function unlessUnknown(error: unknown): void {
  if (!messageOf(error).startsWith('NOSCRIPT')) throw error;
}
