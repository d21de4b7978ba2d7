import { failureClasses } from '../run/failure-class.ts';
import { sampleStatuses } from '../run/sample.ts';

export interface MetricDescription {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly labels: readonly string[];
  readonly help: string;
}

/** How a shard ended for its worker. `repeated`: its results existed already, or another attempt finished first. */
export const shardOutcomes = ['done', 'failed', 'handed_back', 'repeated'] as const;
export type ShardEnd = (typeof shardOutcomes)[number];

/** States of jobs that matter to an operator. BullMQ keeps prioritized jobs apart from waiting ones: add the two. */
export const queueStates = ['waiting', 'prioritized', 'active', 'delayed', 'failed'] as const;
export type QueueState = (typeof queueStates)[number];

const words = (names: readonly string[]): string => names.join(', ');

/** Every metric of `/metrics`; the table in docs/operations.md is checked against it. */
export const metricCatalog = {
  images: {
    name: 'eigenfleet_images_total',
    type: 'counter',
    labels: ['status'],
    help: `Images processed, by status: ${words(sampleStatuses)}.`,
  },
  failures: {
    name: 'eigenfleet_image_failures_total',
    type: 'counter',
    labels: ['reason'],
    help: `Images that failed, by class of reason: ${words(failureClasses)}.`,
  },
  shards: {
    name: 'eigenfleet_shards_total',
    type: 'counter',
    labels: ['outcome'],
    help: `Shards that this worker took, by outcome: ${words(shardOutcomes)}.`,
  },
  stageSeconds: {
    name: 'eigenfleet_stage_seconds',
    type: 'histogram',
    labels: ['stage'],
    help: 'Seconds of work per image, by stage; each image counts with the mean of its shard.',
  },
  queueJobs: {
    name: 'eigenfleet_queue_jobs',
    type: 'gauge',
    labels: ['queue', 'state'],
    help: `Jobs in Redis, by queue and state: ${words(queueStates)}. Absent while Redis does not answer.`,
  },
  lastProgress: {
    name: 'eigenfleet_last_progress_age_seconds',
    type: 'gauge',
    labels: [],
    help: 'Seconds since the last processed image, or since the start.',
  },
  lastSweep: {
    name: 'eigenfleet_last_sweep_age_seconds',
    type: 'gauge',
    labels: [],
    help: 'Seconds since the coordinator last swept all runs, or since its start.',
  },
  auditVerdict: {
    name: 'eigenfleet_audit_verdict',
    type: 'gauge',
    labels: ['audit'],
    help: 'Verdict of the last night of an audit: 1 passed, 0 could not be told, -1 a rule failed. Absent before the first.',
  },
  auditSuccessAge: {
    name: 'eigenfleet_audit_last_success_age_seconds',
    type: 'gauge',
    labels: ['audit'],
    help: 'Seconds since a night of an audit was last finished, whatever its verdict; before the first one, since it was added.',
  },
  auditOverdue: {
    name: 'eigenfleet_audit_overdue',
    type: 'gauge',
    labels: ['audit'],
    help: 'Whether a night of an audit should have begun more than five minutes ago: 1 or 0.',
  },
  info: {
    name: 'eigenfleet_worker_info',
    type: 'gauge',
    labels: ['worker', 'device', 'version', 'node', 'onnxruntime', 'sharp'],
    help: 'Always 1. Labels: the device in use (none before the first model) and the versions.',
  },
} as const satisfies Readonly<Record<string, MetricDescription>>;
