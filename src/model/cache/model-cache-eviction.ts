import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { isAlive, processIdentitySchema, thisProcess } from '../../shared/host/live-process.ts';

/** A process that opened a model longer ago than this has loaded it, or never will. */
const inUseMs = 24 * 3_600_000;

const useSchema = z.object({ process: processIdentitySchema, since: z.number() });

interface CachedFolder {
  readonly path: string;
  readonly sizeBytes: number;
  readonly usedMs: number;
}

/** Records in a model's folder that this process uses it: one small file per process, whose time says when the model was last used. */
export async function markUsed(folder: string): Promise<void> {
  const use = { process: await thisProcess(), since: Date.now() };
  // Best effort: a read-only cache still works.
  await writeFile(join(folder, `use-${process.pid}.json`), JSON.stringify(use)).catch(() => {});
}

/**
 * Removes the least recently used models of a cache until the rest is within the limit. Spares `keep` and models that a process opened less than a day ago
 * if that process is alive or invisible (another container). Undeletable ones stay.
 */
export async function evictModels(
  cacheFolder: string,
  { keep, limitBytes }: { readonly keep: string; readonly limitBytes: number },
): Promise<void> {
  const names = (await readdir(cacheFolder)).filter((name) => /^[0-9a-f]{64}$/.test(name));
  const folders = await Promise.all(names.map((name) => look(join(cacheFolder, name))));
  let total = folders.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  for (const folder of folders.sort((a, b) => a.usedMs - b.usedMs)) {
    if (total <= limitBytes) return;
    if (folder.path === join(cacheFolder, keep) || (await isInUse(folder.path))) continue;
    await rm(folder.path, { recursive: true, force: true }).catch(() => {});
    total -= folder.sizeBytes;
  }
}

async function look(path: string): Promise<CachedFolder> {
  const names = await readdir(path).catch(() => []);
  const infos = await Promise.all(
    names.map((name) => stat(join(path, name)).catch(() => undefined)),
  );
  const found = infos.filter((info) => info !== undefined);
  return {
    path,
    sizeBytes: found.reduce((sum, { size }) => sum + size, 0),
    usedMs: Math.max(0, ...found.map(({ mtimeMs }) => mtimeMs)),
  };
}

async function isInUse(folder: string): Promise<boolean> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names.filter((candidate) => candidate.startsWith('use-'))) {
    const text = await readFile(join(folder, name), 'utf8').catch(() => '{}');
    const use = useSchema.safeParse(parsed(text));
    if (!use.success || Date.now() - use.data.since > inUseMs) continue;
    if ((await isAlive(use.data.process)) !== 'no') return true;
  }
  return false;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
