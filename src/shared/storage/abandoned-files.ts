import { createHash, randomBytes } from 'node:crypto';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isAlive, type ProcessIdentity, thisProcess } from '../host/live-process.ts';
import { temporaryPrefix } from './object-key-check.ts';

/** A file still unfinished after this long belongs to a dead process, wherever it ran. */
const abandonedMs = 3_600_000;

let here: Promise<ProcessIdentity> | undefined;
let start: Promise<string> | undefined;
let names = 0;

/** Returns the name of a file in progress. It names the writer, so that a dead process' file is distinguishable from a live one's. */
export async function temporaryName(): Promise<string> {
  start ??= startOfNames();
  return `${await start}${names++}`;
}

/** Other threads of this process have another one. */
async function startOfNames(): Promise<string> {
  here ??= thisProcess();
  const writer = await here;
  const { pid, startedTicks } = writer;
  const random = randomBytes(8).toString('hex');
  return `${temporaryPrefix}${placeOf(writer)}-${pid}-${startedTicks}-${random}.`;
}

/** Removes files that dead writers left in a folder. Best effort: files that resist stay for another time. */
export async function removeAbandoned(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names) if (name.startsWith(temporaryPrefix)) await removeIfDead(folder, name);
}

/** Does the same for a folder and everything below it; does not follow links. */
export async function removeAbandonedBelow(folder: string): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    if (entry.isDirectory()) await removeAbandonedBelow(join(folder, entry.name));
    else if (entry.name.startsWith(temporaryPrefix)) await removeIfDead(folder, entry.name);
  }
}

async function removeIfDead(folder: string, name: string): Promise<void> {
  const path = join(folder, name);
  if ((await isDeadWriters(name)) || (await isOld(path))) {
    await rm(path, { force: true }).catch(() => undefined);
  }
}

/** Only a process visible from here can be known to be dead. */
async function isDeadWriters(name: string): Promise<boolean> {
  here ??= thisProcess();
  const self = await here;
  const [place, pid, startedTicks = ''] = name.slice(temporaryPrefix.length).split('-');
  if (place !== placeOf(self)) return false;
  const writer = { ...self, pid: Number(pid), startedTicks };
  return Number.isInteger(writer.pid) && writer.pid > 0 && (await isAlive(writer)) === 'no';
}

async function isOld(path: string): Promise<boolean> {
  const stats = await stat(path).catch(() => undefined);
  return stats !== undefined && Date.now() - stats.mtimeMs > abandonedMs;
}

/** Machine, boot and namespace, within which numbers of processes mean something. */
function placeOf({ host, bootId, pidNamespace }: ProcessIdentity): string {
  const text = JSON.stringify([host, bootId, pidNamespace]);
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
