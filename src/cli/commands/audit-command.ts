import type { Command } from 'commander';
import { addAuditHistory } from '../audit/audit-history.ts';
import { addAuditList } from '../audit/audit-list.ts';
import { addAuditRun } from '../audit/audit-run.ts';
import { addAuditSync } from '../audit/audit-sync.ts';
import { addAuditVerbs } from '../audit/audit-verbs.ts';

/** Adds `audit` with its commands; what each does is in `src/cli/audit`. */
export function addAuditCommand(program: Command): void {
  const audit = program
    .command('audit')
    .description('audits that run by themselves: files with images, model, rules and a schedule')
    .addHelpText(
      'after',
      `
Examples:
  eigenfleet audit sync audits --audits s3://data/audits
  eigenfleet audit list --audits s3://data/audits
  eigenfleet audit run nightly --audits s3://data/audits

An audit file, audits/nightly.yaml:
  images: s3://cells/images
  model: s3://cells/models/best.onnx
  out: s3://results
  rules:
    - recall >= 0.7
    - drift: none
  baseline: previous
  cron: "30 2 * * *"
  timeZone: Europe/Berlin

All keys: docs/audits.md. A coordinator that is given the same --audits begins the nights.`,
    );
  addAuditSync(audit);
  addAuditList(audit);
  addAuditRun(audit);
  addAuditHistory(audit);
  addAuditVerbs(audit);
}
