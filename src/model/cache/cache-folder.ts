import { randomUUID } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { EigenfleetError } from '../../shared/errors.ts';
import { defaultCacheFolder } from '../../shared/host/environment.ts';
import { makeFolder } from '../../shared/host/make-folder.ts';
import { acquireRunLock, type RunLock } from '../../shared/storage/run-lock.ts';

/** How long one process waits for another that does the same work, before it does it too. */
const patienceMs = 300_000;

/** `$XDG_CACHE_HOME/eigenfleet/models` or `~/.cache/eigenfleet/models`. */
export function defaultModelFolder(): string {
  return join(defaultCacheFolder(), 'models');
}

/** One process does the work, the others wait for it; `undefined` after a while, or when the holder is invisible: doing it twice does no harm. */
export async function lockCache(folder: string): Promise<RunLock | undefined> {
  const endMs = performance.now() + patienceMs;
  while (performance.now() < endMs) {
    try {
      return await acquireRunLock(folder);
    } catch (error) {
      if (!(error instanceof EigenfleetError) || error.code !== 'locked') throw error;
      await delay(100);
    }
  }
  return undefined;
}

/** The file appears whole. */
export async function writeAtOnce(path: string, bytes: Uint8Array): Promise<void> {
  const temporary = `${path}.${randomUUID()}`;
  try {
    await makeFolder(join(path, '..'));
    await writeFile(temporary, bytes);
    await rename(temporary, path);
  } finally {
    await rm(temporary, { force: true });
  }
}
