import type { Cluster, Redis } from 'ioredis';
import type { Audit } from '../../audit/file/audit.ts';
import { listAudits, type StoredAudit } from '../../audit/home/stored-audits.ts';
import { type AuditStatus, auditStatus } from '../../audit/night/audit-status.ts';
import { takeTurn } from '../../audit/night/audit-turn.ts';
import type { Night } from '../../audit/night/night.ts';
import { NightCache } from '../../audit/night/night-cache.ts';
import type { NightActs } from '../../audit/night/night-ports.ts';
import { lockAudit } from '../../audit/night/redis-lock.ts';
import { messageOf } from '../../shared/errors.ts';
import type { Clock } from '../../shared/host/clock.ts';
import type { RedisWatch } from '../../shared/queue/redis-watch.ts';
import type { RunAddress } from '../../shared/run/places/run-address.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';
import type { Logger } from '../../shared/telemetry/logger.ts';
import { ChangedWarnings } from './changed-warnings.ts';

export interface AuditKeeperOptions {
  readonly connection: Redis | Cluster;
  readonly redis: Pick<RedisWatch, 'fit'>;
  readonly home: ObjectStore;
  readonly clock: Clock;
  /** Who advances the nights, for their records. */
  readonly worker: string;
  readonly logger: Logger;
  readonly beatEveryMs: number;
  /** How long a coordinator that died keeps others from an audit; a minute when absent. */
  readonly lockMs?: number;
  /** What nights need, for as long as the signal lasts. */
  ports(signal: AbortSignal): NightActs;
  /** Called after each night that was settled and told. */
  settled?(audit: Audit, nights: readonly Night[]): Promise<void>;
}

/** Audits that are advanced at once: a plan of ten million images takes minutes, and must not hold up the others. */
const atOnce = 4;

/**
 * Keeps the audits of a home: looks at each of them at every beat, by storage alone, and advances its nights. Of several coordinators one advances an audit at a time; the others
 * only look. Nothing in Redis is needed to know what is due.
 */
export class AuditKeeper {
  readonly #options: AuditKeeperOptions;
  readonly #nights: NightCache;
  readonly #warnings: ChangedWarnings;
  readonly #leaving = new AbortController();
  readonly #busy = new Map<string, Promise<void>>();
  #states = new Map<string, AuditStatus>();
  /** The night of an audit that was last said to be under way. */
  readonly #said = new Map<string, string>();
  #timer: NodeJS.Timeout | undefined;
  #beating: Promise<void> = Promise.resolve();

  constructor(options: AuditKeeperOptions) {
    this.#options = options;
    this.#nights = new NightCache(options.home);
    this.#warnings = new ChangedWarnings(options.logger);
  }

  start(): void {
    this.#beatOn();
  }

  /** Lets what is under way come to its next record. */
  async stop(): Promise<void> {
    this.#leaving.abort();
    clearTimeout(this.#timer);
    await this.#beating;
    await Promise.all(this.#busy.values());
  }

  /** How the audits stand, by name; as of the last beat. */
  get states(): readonly AuditStatus[] {
    return [...this.#states.values()];
  }

  /** Whether a run is that of a night that is under way. */
  isNight({ out, runId }: RunAddress): boolean {
    return this.states.some(({ current }) => current?.runId === runId && current.out === out);
  }

  /** Looks at each audit, and does what can be done; an audit that is still at something is left alone. */
  async beat(): Promise<void> {
    const { redis, home, logger } = this.#options;
    if (!(await redis.fit(this.#leaving.signal))) return;
    const { audits, broken } = await listAudits(home);
    for (const { name, sentence } of broken) this.#warnings.warn(name, { audit: name }, sentence);
    const names = new Set(audits.map(({ audit }) => audit.name));
    for (const name of this.#states.keys()) if (!names.has(name)) this.#states.delete(name);
    for (const stored of audits) {
      const { name } = stored.audit;
      if (this.#leaving.signal.aborted) return;
      if (this.#busy.has(name)) continue;
      while (this.#busy.size >= atOnce) await Promise.race(this.#busy.values());
      const turn = this.#turn(stored).finally(() => this.#busy.delete(name));
      this.#busy.set(name, turn);
    }
    logger.debug({ audits: audits.length }, 'looked at the audits');
  }

  /** Everything that a beat began is at its end. */
  async settled(): Promise<void> {
    await Promise.all(this.#busy.values());
  }

  #beatOn(): void {
    const { beatEveryMs, home } = this.#options;
    this.#beating = this.beat()
      .then(() => this.#warnings.clear('home'))
      .catch((error: unknown) => {
        const fields = { audits: home.uri, error: messageOf(error) };
        this.#warnings.warn('home', fields, 'the audits could not be read');
      })
      .finally(() => {
        if (this.#leaving.signal.aborted) return;
        this.#timer = setTimeout(() => this.#beatOn(), beatEveryMs);
      });
  }

  /** Never rejects: an audit that cannot be advanced does not stop the others. */
  async #turn(stored: StoredAudit): Promise<void> {
    const { name } = stored.audit;
    try {
      await this.#look(stored);
      await this.#advance(stored);
      await this.#look(stored);
      this.#warnings.clear(`turn ${name}`);
    } catch (error) {
      const fields = { audit: name, error: messageOf(error) };
      this.#warnings.warn(`turn ${name}`, fields, 'an audit could not be looked at');
    }
  }

  async #advance(stored: StoredAudit): Promise<void> {
    const { connection, home, clock, worker, lockMs, ports } = this.#options;
    const lock = await lockAudit(connection, { home: home.uri, audit: stored.audit.name, lockMs });
    if (lock === undefined) return;
    const signal = AbortSignal.any([lock.signal, this.#leaving.signal]);
    try {
      const own = { clock, home, worker, signal, nights: this.#nights };
      const step = await takeTurn(stored, {
        ...{ ...own, ...ports(signal) },
        settled: (audit, nights) => this.#settled(audit, nights),
      });
      if (step?.status === 'waits' && step.error === undefined) this.#sayWaiting(step.night);
      if (step?.error === undefined) this.#warnings.clear(`night ${stored.audit.name}`);
      else this.#warnAt(step.night, step.error);
    } finally {
      await lock.release();
    }
  }

  /** What follows a night changes nothing about it. */
  async #settled(audit: Audit, nights: readonly Night[]): Promise<void> {
    const { clock, settled } = this.#options;
    this.#say(auditStatus({ audit }, nights, clock.now()).latest);
    await settled?.(audit, nights).catch((error: unknown) => {
      const fields = { audit: audit.name, error: messageOf(error) };
      this.#warnings.warn(`after ${audit.name}`, fields, 'the end of a night was not all done');
    });
  }

  #say(night: Night | undefined): void {
    if (night === undefined) return;
    const { audit, key, status, runId: run, verdict, error } = night;
    const sentence = error?.sentence ?? verdict?.sentence;
    this.#options.logger.info({ audit, night: key, status, run, sentence }, 'night settled');
  }

  /** Once a night. */
  #sayWaiting({ audit, key, runId: run }: Night): void {
    if (this.#said.get(audit) === key) return;
    this.#said.set(audit, key);
    this.#options.logger.info({ audit, night: key, run }, 'night planned');
  }

  #warnAt({ audit, key, status }: Night, error: unknown): void {
    if (this.#leaving.signal.aborted) return;
    const fields = { audit, night: key, status, error: messageOf(error) };
    this.#warnings.warn(`night ${audit}`, fields, 'a night waits');
  }

  async #look(stored: StoredAudit): Promise<void> {
    const { name } = stored.audit;
    const nights = await this.#nights.read(name);
    const status = auditStatus(stored, nights, this.#options.clock.now());
    this.#states.set(name, status);
    if (status.overdue === undefined) this.#warnings.clear(`overdue ${name}`);
    else this.#warnings.warn(`overdue ${name}`, { audit: name }, status.overdue);
  }
}
