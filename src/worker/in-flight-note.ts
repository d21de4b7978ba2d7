import { closeSync, openSync, writeSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EigenfleetError, messageOf } from '../shared/errors.ts';
import { type CrashState, crashStateSchema, judgeCrash, noCrash } from './crash-suspects.ts';

/** Remembers which rows of a shard are under way, beyond the death of the process. */
export interface InFlightNote {
  /** Rows to be tried alone, before the others. */
  readonly suspects: readonly number[];
  /** Rows not to be tried. */
  readonly quarantined: ReadonlySet<number>;
  begin(row: number): void;
  end(row: number): void;
  /** The shard is done or was given up in good order: forgets who was under way, and when it is done everything. */
  close(outcome: 'done' | 'abandoned'): Promise<void>;
}

/**
 * The note of one shard in a local folder: an append-only log of rows begun (`+12`) and ended (`-12`), written without buffering so that
 * the kernel has it when the process dies, and beside it the state drawn from earlier logs.
 */
export async function openInFlightNote(folder: string, shard: number): Promise<InFlightNote> {
  const name = String(shard).padStart(7, '0');
  const files = { state: join(folder, `${name}.json`), log: join(folder, `${name}.log`) };
  await mkdir(folder, { recursive: true });
  const state = judgeCrash(await readState(files.state), await readLog(files.log));
  await writeState(files.state, state);
  const log = openLog(files.log);
  let open = true;
  return {
    suspects: state.suspects,
    quarantined: new Set(state.quarantined),
    begin: (row) => {
      writeSync(log, `+${row}\n`);
    },
    end: (row) => {
      writeSync(log, `-${row}\n`);
    },
    close: async (outcome) => {
      if (!open) return;
      open = false;
      closeSync(log);
      await rm(files.log, { force: true });
      if (outcome === 'done') await rm(files.state, { force: true });
    },
  };
}

function openLog(path: string): number {
  try {
    return openSync(path, 'w');
  } catch (cause) {
    throw new EigenfleetError(
      'storage',
      `${path} cannot be written (${messageOf(cause)}): choose another --out.`,
      { cause },
    );
  }
}

async function readState(path: string): Promise<CrashState> {
  const text = await readText(path);
  if (text === undefined) return noCrash;
  try {
    return crashStateSchema.parse(JSON.parse(text));
  } catch {
    return noCrash;
  }
}

/** Renamed into place, so that a crash leaves the old state or the new one. */
async function writeState(path: string, state: CrashState): Promise<void> {
  if (state.suspects.length === 0 && state.quarantined.length === 0) {
    await rm(path, { force: true });
    return;
  }
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
