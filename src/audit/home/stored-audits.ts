import { z } from 'zod';
import { placeOf } from '../../shared/storage/local-path.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';
import { mostStoredBytes, readStoredJson } from '../../shared/storage/stored-json.ts';
import { type Audit, auditNameSchema, auditSchema } from '../file/audit.ts';
import { auditKeys } from './audit-keys.ts';

const pausedSchema = z.object({
  schema: z.literal('paused@1'),
  /** ISO 8601, UTC. */
  since: z.string(),
});

/** An audit of the home, and since when it is paused; absent while it is not. */
export interface StoredAudit {
  readonly audit: Audit;
  readonly pausedSince?: string;
}

/** A folder of the home whose audit.json cannot be read: it is skipped, and the others go on. */
export interface BrokenAudit {
  readonly name: string;
  /** A sentence: what, where, what to do. */
  readonly sentence: string;
}

export interface StoredAudits {
  /** By name. */
  readonly audits: readonly StoredAudit[];
  readonly broken: readonly BrokenAudit[];
}

export type ReadAudit =
  | ({ readonly status: 'read' } & StoredAudit)
  | { readonly status: 'absent' }
  | ({ readonly status: 'broken' } & BrokenAudit);

/** Reads one audit of the home. */
export async function readAudit(home: ObjectStore, name: string): Promise<ReadAudit> {
  if (!auditNameSchema.safeParse(name).success) return { status: 'absent' };
  const key = auditKeys.audit(name);
  // Rules of a note's size may stand in it.
  const stored = await readStoredJson(home, key, mostStoredBytes.run);
  if (stored.status === 'absent') return stored;
  const parsed = stored.status === 'read' ? auditSchema.safeParse(stored.value).data : undefined;
  if (parsed?.name !== name) {
    const sentence = `${placeOf(home.uri)}/${key} is not an audit that this version can read. Run "eigenfleet audit sync" again, or "eigenfleet audit remove ${name}".`;
    return { status: 'broken', name, sentence };
  }
  const pausedSince = await readPaused(home, name);
  return { status: 'read', audit: parsed, ...(pausedSince !== undefined && { pausedSince }) };
}

/** Reads all audits of the home. Folders without an audit.json are none: of a removed audit the nights stay. */
export async function listAudits(home: ObjectStore): Promise<StoredAudits> {
  const audits: StoredAudit[] = [];
  const broken: BrokenAudit[] = [];
  for await (const name of home.listFolders('')) {
    const read = await readAudit(home, name);
    if (read.status === 'read') audits.push(read);
    if (read.status === 'broken') broken.push(read);
  }
  return { audits, broken };
}

export async function writeAudit(home: ObjectStore, audit: Audit): Promise<void> {
  await put(home, auditKeys.audit(audit.name), auditSchema.parse(audit));
}

/** Takes an audit out of the home; its nights stay, as a history. */
export async function removeAudit(home: ObjectStore, name: string): Promise<void> {
  await home.delete(auditKeys.audit(name));
  await home.delete(auditKeys.paused(name));
}

export async function pauseAudit(home: ObjectStore, name: string, now: Date): Promise<void> {
  await put(home, auditKeys.paused(name), { schema: 'paused@1', since: now.toISOString() });
}

/** Ends a pause. Dates that passed meanwhile are nobody's: they are not caught up. */
export async function resumeAudit(home: ObjectStore, audit: Audit, now: Date): Promise<void> {
  await writeAudit(home, { ...audit, scheduledAt: now.toISOString() });
  await home.delete(auditKeys.paused(audit.name));
}

async function readPaused(home: ObjectStore, name: string): Promise<string | undefined> {
  const stored = await readStoredJson(home, auditKeys.paused(name), mostStoredBytes.note);
  if (stored.status === 'absent') return undefined;
  const parsed = stored.status === 'read' ? pausedSchema.safeParse(stored.value).data : undefined;
  // What is there pauses, by whatever hand.
  return parsed?.since ?? new Date(0).toISOString();
}

async function put(home: ObjectStore, key: string, value: unknown): Promise<void> {
  const json = `${JSON.stringify(value, undefined, 2)}\n`;
  await home.put(key, new TextEncoder().encode(json));
}
