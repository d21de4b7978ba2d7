import type { Audit } from '../../src/audit/file/audit.ts';

/** An audit of every night at 02:00 UTC, on the calendar since the noon before 2026-12-01. */
export function madeAudit(more: Partial<Audit> = {}): Audit {
  return {
    ...{ schema: 'audit@1', name: 'cells', images: 'images', model: 'best.onnx', out: 'results' },
    ...{ cron: '0 2 * * *', timeZone: 'UTC', catchUp: 'latest', maxAgeHours: 48 },
    ...{ incremental: false, keep: 30, options: {}, sha256: '0'.repeat(64) },
    ...{ addedAt: '2026-11-30T12:00:00.000Z', scheduledAt: '2026-11-30T12:00:00.000Z' },
    ...more,
  };
}
