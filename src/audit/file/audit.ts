import { z } from 'zod';
import { catchUps } from '../calendar/schedule.ts';

export const webhookFormats = ['json', 'slack'] as const;
export type WebhookFormat = (typeof webhookFormats)[number];

/** Where a value is that must not be written down: the name of an environment variable of the process that needs it, or a file that it reads. */
export const secretPlaceSchema = z.union([
  z.strictObject({ env: z.string().min(1) }),
  z.strictObject({ file: z.string().min(1) }),
]);
export type SecretPlace = z.infer<typeof secretPlaceSchema>;

export const webhookSchema = z.object({
  url: secretPlaceSchema,
  /** Of the HMAC that signs what is sent; unsigned without. */
  key: secretPlaceSchema.optional(),
  format: z.enum(webhookFormats),
});
export type Webhook = z.infer<typeof webhookSchema>;

/** A name is a folder of the home, a file name on every system, and a label of Prometheus. */
export const auditNameSchema = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/);

/**
 * `audit.json` in the home: what an audit file says, with everything filled in. Relative paths of the file are absolute here (a path of this machine, or an address with
 * a scheme), since a coordinator works in another folder.
 */
export const auditSchema = z.object({
  schema: z.literal('audit@1'),
  name: auditNameSchema,
  images: z.string(),
  /** A file, or where the newest is found: `s3://bucket/best-*.onnx`, `mlflow://name@alias`. */
  model: z.string(),
  /** Where its runs go. */
  out: z.string(),
  /** `false`: none, even where there are some. Absent: where they are found by themselves. */
  labels: z.union([z.string(), z.literal(false)]).optional(),
  /** Name, id or place of a run; `previous` is the run of the last night that passed. */
  baseline: z.string().optional(),
  /** The text of a rules file, for `parseRules(text, file)`. Rules that stand in the audit file keep their lines and columns. */
  rules: z.object({ text: z.string(), file: z.string() }).optional(),
  /** Five fields, in local time. */
  cron: z.string(),
  /** IANA. */
  timeZone: z.string(),
  catchUp: z.enum(catchUps),
  /** Older dates are not caught up. */
  maxAgeHours: z.number().positive(),
  incremental: z.boolean(),
  /** Runs that stay; those of baselines stay besides. */
  keep: z.int().positive(),
  /** Run settings by their names in a config file, as written, for `parseSaid`: it has accepted them. */
  options: z.record(z.string(), z.unknown()),
  webhook: webhookSchema.optional(),
  /** When the audit came to this home; ISO 8601, UTC. */
  addedAt: z.string(),
  /** From when on the pattern counts: when it was added, changed or resumed. Earlier dates are nobody's. */
  scheduledAt: z.string(),
  /** Of the bytes of the audit file. */
  sha256: z.string(),
});
export type Audit = z.infer<typeof auditSchema>;

/** The baseline that means the run of the last night that passed. */
export const previousBaseline = 'previous';
