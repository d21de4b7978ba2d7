import { EigenfleetError, messageOf } from '../../shared/errors.ts';
import { Cluster, type Redis } from '../../shared/queue/ioredis.ts';
import {
  assertRedis,
  connectRedis,
  type RedisTarget,
  redisAddress,
  redisUser,
} from '../../shared/queue/redis-connection.ts';
import { probeRedis } from '../../shared/queue/redis-probe.ts';
import {
  isBusyReply,
  isReplicaReply,
  redisRefusalOf,
  replicaRefusal,
} from '../../shared/queue/redis-refusal.ts';
import type { DoctorCheck } from './doctor-check.ts';

/** The fields of INFO of one server. */
export type RedisInfo = Readonly<Record<string, string>>;

const patienceMs = 5_000;

/** Checks the Redis of a fleet: whether it answers, grants our rights, and is set up to keep data. A cluster is as good as its worst node. */
export async function checkRedis(target: RedisTarget): Promise<DoctorCheck[]> {
  const connection = connectRedis(target, 'enqueue');
  try {
    await assertRedis(connection, target.url, patienceMs);
    connection.on('error', () => {});
    const nodes = await infosOf(connection);
    const answers = nodes.map((info) => judgeRedis(info, target));
    const [server, ...others] = (answers[0] ?? []).map((_, at) =>
      worstOf(answers.flatMap((node) => node[at] ?? [])),
    );
    if (server === undefined || server.status === 'problem') return [server ?? [], others].flat();
    const denied = await probeRedis(connection).then(
      () => undefined,
      (error: unknown) => failureOf(error, target),
    );
    return [denied ?? server, ...others];
  } catch (error) {
    return [failureOf(error, target)];
  } finally {
    connection.disconnect();
  }
}

function failureOf(error: unknown, { url, cluster }: RedisTarget): DoctorCheck {
  const address = redisAddress(url);
  const base = { name: 'Redis', status: 'problem' } as const;
  const cause = error instanceof EigenfleetError ? (error.cause ?? error) : error;
  const refusal = isReplicaReply(cause) ? replicaRefusal : redisRefusalOf(cause, redisUser(url));
  if (refusal !== undefined) {
    const { says, remedy } = refusal;
    return { ...base, says: `${address} ${says}`, remedy, data: { address, refused: true } };
  }
  if (isBusyReply(cause)) {
    const says = `${address} cannot serve a fleet now: ${messageOf(cause).replace(/\.$/, '')}`;
    const remedy = 'see what keeps it busy, and raise maxmemory if it is full.';
    return { ...base, says, remedy, data: { address } };
  }
  const remedy = cluster
    ? 'start it, correct --redis or REDIS_URL, or drop --redis-cluster if it is not a cluster.'
    : 'start it, or correct --redis or REDIS_URL.';
  return {
    ...base,
    says: `${address} does not answer: ${causeOf(error)}`,
    remedy,
    data: { address },
  };
}

/** Judges one server by its INFO. */
export function judgeRedis(info: RedisInfo, target: RedisTarget): DoctorCheck[] {
  return [
    judgeServer(info, target),
    judgePolicy(info),
    judgePersistence(info),
    judgeHeadroom(info),
  ];
}

/** Asks section by section: servers differ in what plain INFO returns. */
async function infosOf(connection: Redis | Cluster): Promise<RedisInfo[]> {
  const nodes = connection instanceof Cluster ? connection.nodes('master') : [connection];
  return Promise.all(
    nodes.map(async (node) => {
      const sections = ['server', 'memory', 'persistence', 'cluster'];
      const texts = await Promise.all(sections.map((section) => node.info(section)));
      return parseInfo(texts.join('\n'));
    }),
  );
}

function parseInfo(text: string): RedisInfo {
  const fields = text.matchAll(/^(\w+):(.*?)\r?$/gm);
  return Object.fromEntries(Array.from(fields, ([, name, value]) => [name, value]));
}

function judgeServer(info: RedisInfo, { url, cluster }: RedisTarget): DoctorCheck {
  const other = info.valkey_version ?? info.dragonfly_version;
  const version = other ?? info.redis_version ?? '';
  const product = info.valkey_version ? 'Valkey' : info.dragonfly_version ? 'Dragonfly' : 'Redis';
  const address = redisAddress(url);
  const clustered = info.cluster_enabled === '1';
  const base = { name: 'Redis', data: { address, product, version, cluster: clustered } };
  const says = `${product} ${version} answers at ${address}`;
  if (clustered && !cluster) {
    const remedy = 'add --redis-cluster.';
    return { ...base, status: 'problem', says: `${says}, as a node of a cluster`, remedy };
  }
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (other !== undefined || major > 6 || (major === 6 && minor >= 2)) {
    return { ...base, status: 'ok', says };
  }
  const tooOld = major < 5;
  return {
    ...base,
    status: tooOld ? 'problem' : 'note',
    says: `${says}; ${tooOld ? 'the queues need 5.0 at least' : '6.2 or newer is recommended'}`,
    remedy: 'update it to 6.2 or newer.',
  };
}

/** A server that forgets keys to make room forgets jobs. */
function judgePolicy(info: RedisInfo): DoctorCheck {
  const policy = info.maxmemory_policy;
  const base = { name: 'Redis eviction', data: { policy } };
  if (policy === 'noeviction') return { ...base, status: 'ok', says: 'noeviction: keeps all jobs' };
  if (policy === undefined) {
    const remedy = 'make sure that it never evicts keys.';
    return {
      ...base,
      status: 'note',
      says: 'the server does not report its eviction policy',
      remedy,
    };
  }
  return {
    ...base,
    status: 'problem',
    says: `maxmemory-policy is ${policy}: a full memory would evict jobs`,
    remedy: 'set maxmemory-policy noeviction.',
  };
}

/** Only a note: what Redis loses is restored from storage, at the cost of time. */
function judgePersistence(info: RedisInfo): DoctorCheck {
  const appendOnly = info.aof_enabled === '1';
  const base = { name: 'Redis on disk', data: { appendOnly } };
  if (appendOnly) return { ...base, status: 'ok', says: 'append-only file is on' };
  return {
    ...base,
    status: 'note',
    says: 'no append-only file: a restart forgets jobs until a sweep restores them from storage',
    remedy: 'set appendonly yes and appendfsync everysec.',
  };
}

/** Above it doctor warns: a full Redis cannot renew locks, so long shards run twice. */
const crowded = 0.7;
/** Approximate bytes of a run of 10 million images in Redis: jobs, finished ones included, and counters. */
const largeRunBytes = 50e6;

function judgeHeadroom(info: RedisInfo): DoctorCheck {
  const usedBytes = Number(info.used_memory ?? 0);
  const limitBytes = Number(info.maxmemory ?? 0);
  const machineBytes = Number(info.total_system_memory ?? 0);
  const mostBytes = limitBytes || machineBytes;
  const base = { name: 'Redis memory', data: { usedBytes, limitBytes, machineBytes } };
  const used = `${megabytes(usedBytes)} used`;
  if (mostBytes === 0) return { ...base, status: 'ok', says: `${used}, no limit` };
  const limit = limitBytes > 0 ? 'of maxmemory' : 'of its machine, no limit set';
  const says = `${used} of ${megabytes(mostBytes)} ${limit}`;
  const leftBytes = mostBytes - usedBytes;
  if (leftBytes >= largeRunBytes && usedBytes <= crowded * mostBytes) {
    return { ...base, status: 'ok', says };
  }
  const full = leftBytes < largeRunBytes / 10;
  const remedy = `raise maxmemory: a run of 10 million images takes about ${megabytes(largeRunBytes)}.`;
  return { ...base, status: full ? 'problem' : 'note', says, remedy };
}

const order = ['ok', 'note', 'problem'] as const;

function worstOf(checks: readonly DoctorCheck[]): DoctorCheck {
  const worst = checks.reduce((a, b) =>
    order.indexOf(b.status) > order.indexOf(a.status) ? b : a,
  );
  if (checks.length === 1) return worst;
  return { ...worst, says: `${worst.says} (of ${checks.length} nodes)` };
}

/** The client's own words, which the sentence for commands puts in parentheses. */
function causeOf(error: unknown): string {
  return messageOf(error instanceof Error ? (error.cause ?? error) : error).replace(/\.$/, '');
}

function megabytes(bytes: number): string {
  return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${(bytes / 1e6).toFixed(0)} MB`;
}
