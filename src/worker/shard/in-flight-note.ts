import { closeSync, openSync, writeSync } from 'node:fs';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { makeFolder } from '../../shared/host/make-folder.ts';
import { storageError } from '../../shared/host/storage-error.ts';
import {
  type CrashState,
  condemned,
  crashStateSchema,
  judgeCrash,
  noCrash,
} from './crash-suspects.ts';

/** Remembers which rows of a shard are in flight, beyond the death of the process. */
export interface InFlightNote {
  /** Rows to be tried alone, before the others. */
  readonly suspects: readonly number[];
  /** Rows not to be tried. */
  readonly quarantined: ReadonlySet<number>;
  /** Await it before processing the row: a note written after the crash would be too late. */
  begin(row: number): void | Promise<void>;
  /** Need not be awaited: losing this note makes a suspect at worst. Never rejects. */
  end(row: number): void | Promise<void>;
  /** A row crashed its own process: never retry it, whatever becomes of this attempt. */
  condemn(row: number): Promise<void>;
  /** The shard is done or was released in good order: forgets the rows in flight, and everything when it is done. */
  close(outcome: 'done' | 'abandoned'): Promise<void>;
}

const storedStateSchema = crashStateSchema.extend({
  /** The log with what came after this state. */
  generation: z.number().int().nonnegative(),
});
type StoredState = z.infer<typeof storedStateSchema>;

/** Retries while a disk cannot be written. */
export type Persistently = <T>(write: () => Promise<T>) => Promise<T>;

/**
 * The note of one shard in a local folder: an append-only log of rows begun (`+12`) and ended (`-12`), written without buffering so that
 * the kernel has it when the process dies, and beside it the state drawn from earlier logs. Throws `StorageUnavailableError` when the folder cannot be
 * written.
 */
export async function openInFlightNote(
  folder: string,
  shard: number,
  persistently: Persistently = (write) => write(),
): Promise<InFlightNote> {
  const name = String(shard).padStart(7, '0');
  const statePath = join(folder, `${name}.json`);
  const logPath = (generation: number): string => join(folder, `${name}.${generation}.log`);
  const writing = <T>(path: string, write: () => T | Promise<T>): Promise<T> =>
    persistently(async () => {
      try {
        return await write();
      } catch (error) {
        throw storageError(error, 'written', path);
      }
    });
  await writing(folder, () => makeFolder(folder));
  const before = await readState(statePath);
  const remains = await readLog(logPath(before.generation));
  const state = judgeCrash(before, remains);
  let { generation } = before;
  if (remains.begun.size > 0) {
    // The next log has another name, so that a crash between here and there does not judge this one twice.
    generation += 1;
    await writing(statePath, () => writeState(statePath, { ...state, generation }));
    await rm(logPath(before.generation), { force: true });
  }
  const path = logPath(generation);
  const log = await writing(path, () => openSync(path, 'w'));
  return noteOf({ state, generation, statePath, path, log, writing });
}

interface OpenLog {
  readonly state: CrashState;
  readonly generation: number;
  readonly statePath: string;
  readonly path: string;
  readonly log: number;
  readonly writing: <T>(path: string, write: () => T | Promise<T>) => Promise<T>;
}

function noteOf({ state, generation, statePath, path, log, writing }: OpenLog): InFlightNote {
  let open = true;
  const quarantined = new Set(state.quarantined);
  return {
    suspects: state.suspects,
    quarantined,
    condemn: async (row) => {
      quarantined.add(row);
      const now = condemned(state, quarantined);
      await writing(statePath, () => writeState(statePath, { ...now, generation }));
    },
    begin: (row) => writing(path, () => append(log, `+${row}`)),
    end: (row) => {
      try {
        append(log, `-${row}`);
      } catch {
        // The disk is full: should the process die, the row is tried alone.
      }
    },
    close: async (outcome) => {
      if (!open) return;
      open = false;
      closeSync(log);
      await rm(path, { force: true });
      if (outcome === 'done') await rm(statePath, { force: true });
    },
  };
}

/** Also begins with a newline: a full disk may have cut the previous line. */
function append(log: number, line: string): void {
  const bytes = Buffer.from(`\n${line}\n`);
  if (writeSync(log, bytes) < bytes.length) {
    throw Object.assign(new Error('a part was written'), { code: 'ENOSPC' });
  }
}

async function readState(path: string): Promise<StoredState> {
  const text = await readText(path);
  const first = { ...noCrash, generation: 0 };
  if (text === undefined) return first;
  try {
    return storedStateSchema.parse(JSON.parse(text));
  } catch {
    return first;
  }
}

/** Renamed into place, so that a crash leaves the old state or the new one. */
async function writeState(path: string, state: StoredState): Promise<void> {
  await writeFile(`${path}.new`, JSON.stringify(state));
  await rename(`${path}.new`, path);
}

async function readLog(path: string): Promise<{ begun: Set<number>; ended: Set<number> }> {
  const begun = new Set<number>();
  const ended = new Set<number>();
  for (const line of ((await readText(path)) ?? '').split('\n')) {
    const match = /^([+-])(\d+)$/.exec(line);
    if (match !== null) (match[1] === '+' ? begun : ended).add(Number(match[2]));
  }
  return { begun, ended };
}

async function readText(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
}
