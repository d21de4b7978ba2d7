import { createRequire } from 'node:module';
import type * as BullMQ from 'bullmq';

/**
 * BullMQ, loaded as CommonJS. An `import` reads its 200 files a second time for the names that they export: 0.15 s of CPU at
 * the start of every command of the fleet.
 */
const bullmq: typeof BullMQ = createRequire(import.meta.url)('bullmq');

export const { DelayedError, Queue, UnrecoverableError, WaitingError, Worker } = bullmq;
export type Queue<Data = unknown> = BullMQ.Queue<Data>;
export type Worker<Data> = BullMQ.Worker<Data>;
export type { Job, JobsOptions, WorkerOptions } from 'bullmq';
