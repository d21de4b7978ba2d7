import { z } from 'zod';
import { runBounds } from '../../shared/run/run-spec.ts';

const row = z.number().int().nonnegative().max(runBounds.shardSize);

/** What is known of a shard's rows after attempts whose process died. */
export const crashStateSchema = z.object({
  /** Rows that were under way when a process died: to be tried alone, one at a time. */
  suspects: z.array(row),
  /** Rows that crashed a process while they were alone: never tried again. */
  quarantined: z.array(row),
  /** Suspects that were the one thing under way when a process died, once for each death. */
  aloneAtDeath: z.array(row).max(1_000_000).default([]),
});
export type CrashState = z.infer<typeof crashStateSchema>;

export const noCrash: CrashState = { suspects: [], quarantined: [], aloneAtDeath: [] };

/**
 * A process that dies may have been killed by anybody, so one death convicts nobody who was alone at it. Who is alone for some tens of
 * milliseconds of an attempt, and at its end in three, is not a victim of chance.
 */
const deathsThatConvict = 3;

/** What an attempt left behind when its process died. */
export interface Remains {
  readonly begun: ReadonlySet<number>;
  readonly ended: ReadonlySet<number>;
}

/**
 * Draws the conclusion from an attempt that died. What was under way is under suspicion, and a suspect is tried alone; one that came through is acquitted.
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
