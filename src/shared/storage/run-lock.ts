import { randomUUID } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { link, open, readFile, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { EigenfleetError } from '../errors.ts';
import { isAlive, processIdentitySchema, thisProcess } from '../host/live-process.ts';
import { makeFolder } from '../host/make-folder.ts';
import { beforeProcessEnds } from '../host/process-end.ts';
import { storageError, systemCode } from '../host/storage-error.ts';
import { temporaryPrefix } from './object-key-check.ts';

/** Held by the one process that may write to a folder of results. */
export interface RunLock {
  /** Lets the next run start. Calling it again does nothing. */
  release(): Promise<void>;
}

const lockSchema = z.object({
  schema: z.literal('lock@1'),
  token: z.string(),
  since: z.string(),
  process: processIdentitySchema,
});
type Lock = z.infer<typeof lockSchema>;

interface HeldLock extends Lock {
  readonly path: string;
}

/**
 * Makes this process the only writer of `folder`, which is created when missing. Throws `locked` while another run holds it, naming the process, its
 * host and since when; `storage` when the folder cannot be written.
 *
 * A lock of a dead process is taken over without being removed: its successor is a second file named after the dead lock's token. Linking
 * that file succeeds for one starter only, so two starters that both find the dead lock cannot both win, and a live lock is never
 * removed by mistake. The holder is the end of the chain: lock, successor, successor's successor. Release removes the chain.
 */
export async function acquireRunLock(folder: string): Promise<RunLock> {
  const root = resolve(folder);
  const lock: Lock = {
    schema: 'lock@1',
    token: randomUUID(),
    since: new Date().toISOString(),
    process: await thisProcess(),
  };
  try {
    await makeFolder(root);
    // Each round that does not return lost against a starter that won or released meanwhile.
    for (;;) {
      const chain = await readChain(root);
      const last = chain.at(-1);
      if (last !== undefined && (await isAlive(last.process)) !== 'no') throw await refusal(last);
      const path = successorPath(root, last);
      if (!(await createWhole(root, path, JSON.stringify(lock)))) continue;
      const held = await readChain(root);
      if (held.at(-1)?.token === lock.token) return holding(root, held, lock);
      await rm(path, { force: true });
    }
  } catch (error) {
    throw storageError(error, 'written', root);
  }
}

/** Also releases when the process ends early. */
function holding(root: string, chain: readonly HeldLock[], { token }: Lock): RunLock {
  const forget = beforeProcessEnds(() => {
    if (isHeldBy(token, chain.at(-1))) for (const { path } of chain) rmSync(path, { force: true });
  });
  return {
    release: async () => {
      forget();
      await release(root, token);
    },
  };
}

function isHeldBy(token: string, last: HeldLock | undefined): boolean {
  try {
    return last !== undefined && readFileSync(last.path, 'utf8').includes(token);
  } catch {
    // Released, or deleted with the whole folder.
    return false;
  }
}

function successorPath(root: string, lock: Lock | undefined): string {
  return join(
    root,
    lock === undefined ? '.eigenfleet-lock' : `.eigenfleet-lock-after-${lock.token}`,
  );
}

async function readChain(root: string): Promise<HeldLock[]> {
  const chain: HeldLock[] = [];
  for (;;) {
    const path = successorPath(root, chain.at(-1));
    const text = await readFile(path, 'utf8').catch((error: unknown) => {
      if (systemCode(error) === 'ENOENT') return undefined;
      throw error;
    });
    if (text === undefined) return chain;
    chain.push({ ...parseLock(text, path), path });
  }
}

function parseLock(text: string, path: string): Lock {
  try {
    return lockSchema.parse(JSON.parse(text));
  } catch (cause) {
    const message = `${path} is damaged, so nobody can tell whether a run is writing there. If none is, delete that file.`;
    throw new EigenfleetError('locked', message, { cause });
  }
}

/** Creates `path` with its whole content, or returns `false` when it exists. */
async function createWhole(root: string, path: string, text: string): Promise<boolean> {
  const temporary = join(root, temporaryPrefix + randomUUID());
  try {
    await writeNew(temporary, text);
    await link(temporary, path);
    return true;
  } catch (error) {
    const code = systemCode(error);
    if (code === 'EEXIST') return false;
    // Some file systems (exFAT, some network shares) have no links: there a reader could see the file before its content.
    if (code === 'EPERM' || code === 'ENOTSUP' || code === 'EOPNOTSUPP' || code === 'ENOSYS') {
      return await writeNew(path, text).then(
        () => true,
        (second: unknown) => {
          if (systemCode(second) === 'EEXIST') return false;
          throw second;
        },
      );
    }
    throw error;
  } finally {
    await rm(temporary, { force: true });
  }
}

/** Waits for the disk: a lock must not be empty after a power cut. */
async function writeNew(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx');
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function release(root: string, token: string): Promise<void> {
  const chain = await readChain(root);
  // Not ours any more, or released before.
  if (chain.at(-1)?.token !== token) return;
  for (const { path } of chain) await rm(path, { force: true });
}

async function refusal(held: HeldLock): Promise<EigenfleetError> {
  const { pid, host } = held.process;
  const who = `process ${pid} on ${host}, since ${held.since}`;
  const advice =
    (await isAlive(held.process)) === 'yes'
      ? 'Wait for it to end, or choose another --out.'
      : `It is invisible from here: if you know that it has ended, delete ${held.path}.`;
  return new EigenfleetError('locked', `Another run is writing here: ${who}. ${advice}`);
}
