import { randomBytes } from 'node:crypto';
import { rmdir } from 'node:fs/promises';
import { messageOf } from '../../shared/errors.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';
import type { DoctorCheck } from './doctor-check.ts';
import { missingFolders } from './missing-folders.ts';

/** One required right, and whether it was granted. */
interface Step {
  readonly done: 'listed' | 'written' | 'read' | 'deleted';
  readonly error?: string;
}

/**
 * Checks whether results can go to a store: lists it, writes a small object under a unique name, reads it back and deletes it. Folders that were
 * made for it are removed.
 */
export async function checkOut(store: ObjectStore): Promise<DoctorCheck> {
  const made = await missingFolders(store.uri);
  try {
    return await tryOut(store);
  } finally {
    // A folder that somebody else uses by now is not empty, and stays.
    for (const folder of made) await rmdir(folder).catch(() => {});
  }
}

async function tryOut(store: ObjectStore): Promise<DoctorCheck> {
  const key = `eigenfleet-doctor-${randomBytes(6).toString('hex')}.tmp`;
  const content = new TextEncoder().encode('Written by eigenfleet doctor. You can delete it.\n');
  const steps = [await attempt('listed', () => first(store.listFolders('')))];
  const written = await attempt('written', () => store.put(key, content));
  steps.push(written);
  if (written.error === undefined) {
    const same = async (): Promise<void> => {
      const found = await store.get(key);
      if (found !== undefined && Buffer.compare(found, content) === 0) return;
      throw new Error(`${key} reads back differently from what was written.`);
    };
    steps.push(await attempt('read', same));
    steps.push(await attempt('deleted', () => gone(store, key)));
  }
  const leftover = steps.find(({ done, error }) => done === 'deleted' && error !== undefined);
  return judge('results', store, steps, leftover === undefined ? {} : { leftover: key });
}

/** Checks whether images can be listed and read, by the first file. */
export async function checkImages(store: ObjectStore): Promise<DoctorCheck> {
  let key: string | undefined;
  const listed = await attempt('listed', async () => {
    key = (await first(store.list('')))?.key;
  });
  const found = key;
  if (found !== undefined) {
    const read = async (): Promise<void> => {
      if ((await store.getRange(found, 0, 1)) === undefined) throw new Error(`${found} is gone.`);
    };
    return judge('stored images', store, [listed, await attempt('read', read)], { key: found });
  }
  if (listed.error !== undefined) return judge('stored images', store, [listed], {});
  return {
    name: 'stored images',
    status: 'problem',
    says: `there is nothing at ${store.uri}`,
    remedy: 'check --images.',
    data: { uri: store.uri },
  };
}

function judge(
  name: string,
  { uri }: ObjectStore,
  steps: readonly Step[],
  facts: Readonly<Record<string, string>>,
): DoctorCheck {
  const failed = steps.filter(({ error }) => error !== undefined);
  const works = steps.flatMap(({ done, error }) => (error === undefined ? [done] : []));
  const data = { uri, can: works, cannot: failed.map(({ done }) => done), ...facts };
  if (failed.length === 0) {
    return { name, status: 'ok', says: `${uri} can be ${inWords(works, 'and')}`, data };
  }
  const cannot = inWords(
    failed.map(({ done }) => done),
    'or',
  );
  const can = works.length === 0 ? '' : `; it can be ${inWords(works, 'and')}`;
  const remedy = failed[0]?.error ?? '';
  return { name, status: 'problem', says: `${uri} cannot be ${cannot}${can}`, remedy, data };
}

async function attempt(done: Step['done'], act: () => Promise<unknown>): Promise<Step> {
  try {
    await act();
    return { done };
  } catch (error) {
    return { done, error: messageOf(error) };
  }
}

/** Deletes and verifies: S3 does not report whether there was anything to delete. */
async function gone(store: ObjectStore, key: string): Promise<void> {
  await store.delete(key);
  if ((await store.head(key)) !== undefined) throw new Error(`${key} is still there.`);
}

async function first<Item>(items: AsyncIterable<Item>): Promise<Item | undefined> {
  for await (const item of items) return item;
  return undefined;
}

function inWords(words: readonly string[], joint: 'and' | 'or'): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} ${joint} ${last}`;
}
