import type { Cluster, Redis } from 'ioredis';
import type { FleetQueues } from '../../shared/queue/fleet-queues.ts';
import type { RedisWatch } from '../../shared/queue/redis-watch.ts';
import type { RunProgress } from '../../shared/queue/run-counters.ts';
import type { Places } from '../../shared/storage/allowed-places.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';
import type { StoreOptions } from '../../shared/storage/open-store.ts';
import type { Logger } from '../../shared/telemetry/logger.ts';
import type { AuditKeeper } from './audit-keeper.ts';

/** Observes a coordinator. */
export interface CoordinatorWatch {
  jobTaken(): void;
  jobSettled(): void;
  /** All open runs were swept. */
  swept(): void;
}

export interface CoordinatorOptions {
  readonly connection: Redis | Cluster;
  /** Says when Redis is usable, and collects errors of the queue. */
  readonly redis: RedisWatch;
  readonly queues: FleetQueues;
  readonly progress: RunProgress;
  readonly logger: Logger;
  /** Results that are always swept, in addition to those that producers name. */
  readonly outs: readonly string[];
  readonly sweepEveryMs: number;
  readonly watch?: CoordinatorWatch;
  /** Which results it sweeps, and whose images its reports may show. */
  readonly places: Places;
  openStore(uri: string): ObjectStore;
  openImages(uri: string): ObjectStore;
  /** The same stores for summaries, which wait while they cannot be used. A sweep skips them, to look after other results meanwhile. */
  openPatientStore(uri: string): ObjectStore;
  /** How `openStore` opens them, for threads that must do the same. */
  readonly storeOptions?: StoreOptions;
  /** The audits that it keeps; none when absent. */
  readonly audits?: Pick<AuditKeeper, 'start' | 'stop' | 'isNight'> | undefined;
}
