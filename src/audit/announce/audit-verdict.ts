import { createHash } from 'node:crypto';
import { z } from 'zod';
import { safeText } from '../../shared/redaction/safe-text.ts';
import type { Audit } from '../file/audit.ts';
import { type Night, nightTriggers } from '../night/night.ts';

/** `error`: the night could not be done; `none`: the audit has no rules. */
const outcomes = ['pass', 'fail', 'unknown', 'none', 'error'] as const;

const count = z.int().nonnegative();

/** What a webhook is sent. Its JSON Schema is `docs/schemas/audit-verdict.schema.json`. */
export const auditVerdictSchema = z
  .object({
    schema: z.literal('audit-verdict@1'),
    id: z
      .string()
      .describe('The same for each attempt to tell of a night: what comes twice has the same id.'),
    audit: z.string(),
    night: z.string().describe('Local date, or the UTC time of a start by hand.'),
    trigger: z.enum(nightTriggers),
    dueAt: z.iso.datetime(),
    closedAt: z.iso.datetime().optional(),
    outcome: z
      .enum(outcomes)
      .describe(
        'unknown: no rule failed, and one could not be decided; none: the audit has no rules; error: the night could not be done.',
      ),
    sentence: z.string().describe('The outcome for people.'),
    failed: z.array(z.string()).describe('Rules that failed, as a person writes them.'),
    unknown: z.array(z.string()).describe('Rules that could not be decided.'),
    run: z
      .object({ id: z.string(), out: z.string().optional(), report: z.string().optional() })
      .describe('Where its results and its report lie: a path or an address, not a link.')
      .optional(),
    model: z
      .object({
        name: z.string(),
        uri: z.string(),
        sha256: z.string(),
        changedFrom: z
          .string()
          .describe('sha256 of the last model, where it was another.')
          .optional(),
      })
      .optional(),
    images: z
      .object({ total: count, explained: count, carried: count, removed: count, relabeled: count })
      .optional(),
    baseline: z.string().describe('Id of the run that was compared with.').optional(),
    figures: z
      .record(z.string(), z.number().nullable())
      .describe('By the names of rules; null where one does not exist on this night.')
      .optional(),
    error: z.object({ code: z.string(), sentence: z.string() }).optional(),
  })
  .meta({ title: 'What a webhook of an audit is sent (audit-verdict@1)' });
export type AuditVerdict = z.infer<typeof auditVerdictSchema>;

/** What there is to say of a settled night. */
export function auditVerdictOf({ name }: Pick<Audit, 'name'>, night: Night): AuditVerdict {
  const { key, trigger, dueAt, closedAt, verdict, runId, out, report } = night;
  const { model, images, baseline, figures, error } = night;
  return {
    schema: 'audit-verdict@1',
    id: idOf(name, night),
    audit: name,
    ...{ night: key, trigger, dueAt, ...(closedAt && { closedAt }) },
    outcome: night.status === 'failed' ? 'error' : (verdict?.outcome ?? 'none'),
    sentence: safeText(sentenceOf(night)),
    failed: verdict?.failed ?? [],
    unknown: verdict?.unknown ?? [],
    ...(runId && { run: { id: runId, ...(out && { out }), ...(report && { report }) } }),
    ...(model && { model }),
    ...(images && { images }),
    ...(baseline && { baseline }),
    ...(figures && { figures }),
    ...(error && { error: { code: error.code, sentence: safeText(error.sentence) } }),
  };
}

function sentenceOf({ status, verdict, error, reason }: Night): string {
  if (status === 'failed') return error?.sentence ?? 'The night could not be done.';
  return verdict?.sentence ?? reason ?? 'The night is done; the audit has no rules.';
}

/** A night that is done anew, after somebody deleted its record, is another message. */
function idOf(audit: string, { key, closedAt = '', runId = '' }: Night): string {
  const text = JSON.stringify([audit, key, closedAt, runId]);
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}
