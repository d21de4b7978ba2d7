import { createHash, randomUUID } from 'node:crypto';
import type { Cluster, Redis } from 'ioredis';
import { queuePrefix } from '../../shared/queue/shard-job.ts';

/** How long a holder may be silent; it renews four times as often. */
const usualLockMs = 60_000;

const ifMine = "if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end ";
const renewScript = `${ifMine}return redis.call('PEXPIRE', KEYS[1], ARGV[2])`;
const releaseScript = `${ifMine}return redis.call('DEL', KEYS[1])`;

/** Makes one process at a time the one that advances an audit. */
export interface AuditLock {
  /** Aborted as soon as it is known that another may hold it. */
  readonly signal: AbortSignal;
  release(): Promise<void>;
}

export interface LockedAudit {
  /** URI of the home. */
  readonly home: string;
  readonly audit: string;
  readonly lockMs?: number | undefined;
}

/** Any part of the name may be long; the whole is one key of a fixed length. */
function keyOf({ home, audit }: LockedAudit): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([home, audit]))
    .digest('hex');
  return `${queuePrefix}:audit:${digest.slice(0, 24)}`;
}

/**
 * Takes the lock of an audit in Redis; `undefined` while another has it. It is renewed until it is released, and ends by itself when its holder dies. It spares work and proves nothing: who
 * holds it reads records again before they act, and what they do may be done twice.
 */
export async function lockAudit(
  connection: Redis | Cluster,
  locked: LockedAudit,
): Promise<AuditLock | undefined> {
  const { lockMs: expiryMs = usualLockMs } = locked;
  const key = keyOf(locked);
  const token = randomUUID();
  const taken = await connection.set(key, token, 'PX', expiryMs, 'NX');
  if (taken !== 'OK') return undefined;
  const lost = new AbortController();
  const ask = () => connection.eval(renewScript, 1, key, token, expiryMs);
  let heldAtMs = performance.now();
  const renew = async (): Promise<void> => {
    const askedAtMs = performance.now();
    const isOver = askedAtMs - heldAtMs >= expiryMs;
    const held = isOver ? 0 : await ask().catch(() => undefined);
    if (held === 1) heldAtMs = askedAtMs;
    if (held === 0) lost.abort(new Error('another coordinator may advance this audit'));
  };
  const timer = setInterval(() => void renew(), expiryMs / 4);
  timer.unref();
  lost.signal.addEventListener('abort', () => clearInterval(timer));
  return {
    signal: lost.signal,
    release: async () => {
      clearInterval(timer);
      await connection.eval(releaseScript, 1, key, token).catch(() => 0);
    },
  };
}
