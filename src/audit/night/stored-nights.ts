import { EigenfleetError } from '../../shared/errors.ts';
import { placeOf } from '../../shared/storage/local-path.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';
import { mostStoredBytes, readStoredJson } from '../../shared/storage/stored-json.ts';
import { auditKeys } from '../home/audit-keys.ts';
import { type Night, nightKeySchema, nightSchema } from './night.ts';

/** Nights read at once: enough to hide the latency of storage. */
const readAtOnce = 16;

/**
 * Reads a night from the home; `undefined` for one that there is not.
 *
 * @throws EigenfleetError `storage` for a record that is not a night: it must not be taken for a night that never began.
 */
export async function readNight(
  home: ObjectStore,
  audit: string,
  key: string,
): Promise<Night | undefined> {
  const at = auditKeys.night(audit, key);
  const stored = await readStoredJson(home, at, mostStoredBytes.run);
  if (stored.status === 'absent') return undefined;
  const parsed =
    stored.status === 'read' ? nightSchema.safeParse(stored.value) : { success: false as const };
  if (parsed.success && parsed.data.audit === audit && parsed.data.key === key) return parsed.data;
  throw new EigenfleetError(
    'storage',
    `${placeOf(home.uri)}/${at} is not the record of a night. Restore it, or delete it to have that night again.`,
  );
}

/** Writes a night whole; a record of the same audit and key is replaced. */
export async function writeNight(home: ObjectStore, night: Night): Promise<void> {
  const json = JSON.stringify(nightSchema.parse(night), undefined, 2);
  const key = auditKeys.night(night.audit, night.key);
  await home.put(key, new TextEncoder().encode(`${json}\n`));
}

/** Keys of an audit's nights, the oldest first: dates, and after each date what a person started on it (in UTC). */
export async function listNightKeys(home: ObjectStore, audit: string): Promise<string[]> {
  const prefix = auditKeys.nights(audit);
  const keys: string[] = [];
  for await (const { key } of home.list(prefix)) {
    const name = key.slice(prefix.length).replace(/\.json$/, '');
    if (nightKeySchema.safeParse(name).success) keys.push(name);
  }
  return keys.sort();
}

/**
 * Reads the last nights of an audit, the oldest first.
 *
 * @param most Nights to read, counted from the newest; all of them by default.
 * @throws EigenfleetError `storage` as `readNight` does.
 */
export async function listNights(
  home: ObjectStore,
  audit: string,
  most = Number.POSITIVE_INFINITY,
): Promise<Night[]> {
  const keys = await listNightKeys(home, audit);
  const wanted = keys.slice(Math.max(0, keys.length - most));
  const nights: Night[] = [];
  for (let start = 0; start < wanted.length; start += readAtOnce) {
    const some = wanted.slice(start, start + readAtOnce);
    const read = await Promise.all(some.map((key) => readNight(home, audit, key)));
    nights.push(...read.filter((night) => night !== undefined));
  }
  return nights;
}
