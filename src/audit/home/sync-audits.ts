import { isDeepStrictEqual } from 'node:util';
import type { ObjectStore } from '../../shared/storage/object-store.ts';
import type { Audit } from '../file/audit.ts';
import type { FiledAudit, ReadAuditFile } from '../file/read-audit-files.ts';
import {
  listAudits,
  removeAudit,
  type StoredAudit,
  type StoredAudits,
  writeAudit,
} from './stored-audits.ts';

/** What a sync does with one audit. `kept`: its file is wrong, and the home keeps what it has; `refused`: it has nothing. */
export type SyncStep =
  | {
      readonly action: 'added' | 'changed' | 'unchanged';
      readonly name: string;
      readonly audit: Audit;
      /** It is paused, and stays so. */
      readonly pausedSince?: string;
    }
  | { readonly action: 'kept' | 'refused'; readonly name: string; readonly sentence: string }
  | { readonly action: 'removed'; readonly name: string };

/**
 * What must be done so that a home has the audits of files. An audit whose file is wrong stays as it is, and the others go on.
 *
 * @param only Others of the home stay, instead of being removed.
 */
export function planSync(
  files: readonly ReadAuditFile[],
  { audits, broken }: StoredAudits,
  { now, only }: { readonly now: Date; readonly only: boolean },
): SyncStep[] {
  const stored = new Map(audits.map((one) => [one.audit.name, one]));
  const steps = files.map((file): SyncStep => {
    const before = stored.get(file.name);
    if (file.status === 'read') return stepOf(file.audit, before, now);
    const { name, sentence } = file;
    return { action: before === undefined ? 'refused' : 'kept', name, sentence };
  });
  if (only) return steps;
  const filed = new Set(files.map(({ name }) => name));
  const names = [...stored.keys(), ...broken.map(({ name }) => name)];
  const gone = names.filter((name) => !filed.has(name)).sort();
  return [...steps, ...gone.map((name): SyncStep => ({ action: 'removed', name }))];
}

/** Makes a home have the audits of files, and says what was done. */
export async function syncAudits(
  home: ObjectStore,
  files: readonly ReadAuditFile[],
  request: { readonly now: Date; readonly only: boolean },
): Promise<SyncStep[]> {
  const steps = planSync(files, await listAudits(home), request);
  for (const step of steps) {
    if (step.action === 'added' || step.action === 'changed') await writeAudit(home, step.audit);
    if (step.action === 'removed') await removeAudit(home, step.name);
  }
  return steps;
}

/** A pattern counts from now on where it or its zone is new: dates that passed before are nobody's. */
function stepOf(filed: FiledAudit, stored: StoredAudit | undefined, now: Date): SyncStep {
  const { name } = filed;
  const time = now.toISOString();
  if (stored === undefined)
    return { action: 'added', name, audit: { ...filed, addedAt: time, scheduledAt: time } };
  const { audit: before, pausedSince } = stored;
  const paused = pausedSince === undefined ? {} : { pausedSince };
  const { addedAt, scheduledAt, ...said } = before;
  if (isDeepStrictEqual(said, { ...filed }))
    return { action: 'unchanged', name, audit: before, ...paused };
  const sameDates = said.cron === filed.cron && said.timeZone === filed.timeZone;
  const audit = { ...filed, addedAt, scheduledAt: sameDates ? scheduledAt : time };
  return { action: 'changed', name, audit, ...paused };
}
