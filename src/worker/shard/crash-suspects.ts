import { z } from 'zod';
import { runBounds } from '../../shared/run/run-bounds.ts';

const row = z.number().int().nonnegative().max(runBounds.shardSize);

/** What is known about a shard's rows after attempts whose process died. */
export const crashStateSchema = z.object({
  /** Rows in flight when a process died: try them alone, one at a time. */
  suspects: z.array(row),
  /** Rows that crashed a process while they were alone: never tried again. */
  quarantined: z.array(row),
  /** Suspects that were alone in flight when a process died, once for each death. */
  aloneAtDeath: z.array(row).max(1_000_000).default([]),
});
export type CrashState = z.infer<typeof crashStateSchema>;

export const noCrash: CrashState = { suspects: [], quarantined: [], aloneAtDeath: [] };

/**
 * Anybody may kill a process, so one death does not convict a lone image. An image that is alone for some tens of
 * milliseconds of an attempt, and at the end of three, is not there by chance.
 */
const deathsThatConvict = 3;

/** What an attempt left behind when its process died. */
export interface Remains {
  readonly begun: ReadonlySet<number>;
  readonly ended: ReadonlySet<number>;
}

/**
 * Judges an attempt that died. Rows in flight become suspects, and a suspect is tried alone; one that passes is acquitted.
 * Suspects have been through a process of their own before (`SuspectTrial`), which convicts most of those that crash; one that does so only beside the rest of a
 * worker is convicted by dying alone again and again. A row that was alone by chance (the last of a shard) was not a suspect yet: it becomes one.
 */
export function judgeCrash(state: CrashState, { begun, ended }: Remains): CrashState {
  const underWay = [...begun].filter((row) => !ended.has(row));
  const [only] = underWay;
  const alone = only !== undefined && underWay.length === 1 && state.suspects.includes(only);
  const deaths = [...state.aloneAtDeath, ...(alone ? [only] : [])].filter((row) => !ended.has(row));
  const convicted = deaths.filter(
    (row) => deaths.filter((other) => other === row).length >= deathsThatConvict,
  );
  const open = [...state.suspects, ...underWay].filter(
    (row) => !ended.has(row) && !convicted.includes(row),
  );
  return {
    suspects: sortedSet(open),
    quarantined: sortedSet([...state.quarantined, ...convicted]),
    aloneAtDeath: deaths.filter((row) => !convicted.includes(row)),
  };
}

/** The state once these rows are set aside. */
export function condemned(state: CrashState, quarantined: ReadonlySet<number>): CrashState {
  const left = (rows: readonly number[]) => rows.filter((row) => !quarantined.has(row));
  return {
    suspects: left(state.suspects),
    quarantined: sortedSet([...quarantined]),
    aloneAtDeath: left(state.aloneAtDeath),
  };
}

function sortedSet(rows: readonly number[]): number[] {
  return [...new Set(rows)].sort((a, b) => a - b);
}
