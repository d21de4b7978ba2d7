import { z } from 'zod';

/**
 * What has become of a night. It is written before the act that follows, so that another coordinator goes on from there:
 * `due` before planning, `planned` (with `runId`) before its shards are queued, `closed` (with the verdict) before anybody is told.
 * `failed`: it could not be done, and `error` says why. `missed`: nothing ran, and `reason` says why.
 */
export const nightStatuses = ['due', 'planned', 'closed', 'failed', 'missed'] as const;
export type NightStatus = (typeof nightStatuses)[number];

export const nightTriggers = ['schedule', 'catch-up', 'hand'] as const;
export type NightTrigger = (typeof nightTriggers)[number];

export const nightOutcomes = ['pass', 'fail', 'unknown'] as const;
export type NightOutcome = (typeof nightOutcomes)[number];

/** A local date, or the time of a start by hand in UTC. */
export const nightKeySchema = z.string().regex(/^\d{4}-\d\d-\d\d(?:T\d{6}Z)?$/);

const count = z.int().nonnegative();
/** ISO 8601, UTC. */
const time = z.iso.datetime();

const modelSchema = z.object({
  /** The file that was taken, where the audit names a folder or a registry. */
  uri: z.string(),
  sha256: z.string(),
  /** sha256 of the last night's model, where it was another one. */
  changedFrom: z.string().optional(),
  /** What the registry or the listing calls it: `best-0031.onnx`, `detector v7 (champion)`. */
  name: z.string(),
});

const imagesSchema = z.object({
  total: count,
  /** Computed on this night. */
  explained: count,
  /** Taken over from an earlier run. */
  carried: count,
  /** In the earlier run and not in this one. */
  removed: count,
  /** Carried, with labels that changed. */
  relabeled: count,
});

const verdictSchema = z.object({
  /** `unknown`: no rule failed, and one could not be decided. */
  outcome: z.enum(nightOutcomes),
  sentence: z.string(),
  /** Rules as a person writes them. */
  failed: z.array(z.string()),
  unknown: z.array(z.string()),
});

/** `nights/<key>.json` in an audit's folder of the home. */
export const nightSchema = z.object({
  schema: z.literal('night@1'),
  audit: z.string(),
  key: nightKeySchema,
  /** Local date in the audit's zone; absent of one that a person started. */
  date: z.iso.date().optional(),
  dueAt: time,
  trigger: z.enum(nightTriggers),
  status: z.enum(nightStatuses),
  startedAt: time.optional(),
  closedAt: time.optional(),
  /** Who did the last step. */
  coordinator: z.string().optional(),
  runId: z.string().optional(),
  /** Where its run lies. */
  out: z.string().optional(),
  model: modelSchema.optional(),
  images: imagesSchema.optional(),
  /** Its run was there already, and its images have other labels now: it is evaluated anew. */
  labelsChanged: z.literal(true).optional(),
  /** Id of the run that changes and drift were measured from. */
  baseline: z.string().optional(),
  /** Absent where the audit has no rules. */
  verdict: verdictSchema.optional(),
  /** Figures of the run by the names of rules (`map50`, `recall`); `null` where one does not exist on this night. */
  figures: z.record(z.string(), z.number().nullable()).optional(),
  error: z.object({ code: z.string(), sentence: z.string() }).optional(),
  /** Of a missed night, a sentence. */
  reason: z.string().optional(),
  announced: z
    .object({ status: z.enum(['sent', 'failed', 'none']), attempts: count, at: time })
    .optional(),
  /** Place of report.html. */
  report: z.string().optional(),
});
export type Night = z.infer<typeof nightSchema>;

/** Whether nothing more is done for it, except that somebody may still have to be told. */
export function isSettled({ status }: Pick<Night, 'status'>): boolean {
  return status === 'closed' || status === 'failed' || status === 'missed';
}

/** The key of a night that a person starts: `2026-11-30T141502Z`. */
export function keyByHand(now: Date): string {
  return now
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replaceAll(/(?<=T.*):/g, '');
}
