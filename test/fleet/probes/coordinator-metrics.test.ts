import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AuditStatus } from '../../../src/audit/night/audit-status.ts';
import { CoordinatorMetrics } from '../../../src/fleet/probes/coordinator-metrics.ts';

describe('the metrics of a coordinator', () => {
  it('tell of each audit as it stands at the scrape: verdict, age of the last night, lateness', async () => {
    const metrics = new CoordinatorMetrics({ queueDepth: async () => ({}) });
    const status = { isPaused: false, lastSuccessAt: new Date('2026-12-01T02:00:00Z') };
    let states: AuditStatus[] = [
      { ...status, name: 'cells', verdict: -1 },
      { ...status, name: 'tissue', overdue: 'It should have begun.' },
    ];
    metrics.audits(
      () => states,
      () => Date.parse('2026-12-02T04:00:00Z'),
    );
    const text = await metrics.text();
    assert.match(text, /^eigenfleet_audit_verdict\{audit="cells"\} -1$/m);
    assert.doesNotMatch(text, /eigenfleet_audit_verdict\{audit="tissue"\}/);
    assert.match(text, /^eigenfleet_audit_last_success_age_seconds\{audit="cells"\} 93600$/m);
    assert.match(text, /^eigenfleet_audit_overdue\{audit="cells"\} 0$/m);
    assert.match(text, /^eigenfleet_audit_overdue\{audit="tissue"\} 1$/m);
    states = [];
    assert.doesNotMatch(await metrics.text(), /audit="/);
  });
});
