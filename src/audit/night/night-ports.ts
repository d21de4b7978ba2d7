import type { Clock } from '../../shared/host/clock.ts';
import type { RunState } from '../../shared/run/run-state.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';
import type { Audit } from '../file/audit.ts';
import type { Night } from './night.ts';

/** Where the run of a night lies. */
export interface NightRun {
  readonly out: string;
  readonly runId: string;
}

/** A run that is settled down to its id. Nothing of it is stored before `begin`. */
export interface PreparedNight {
  readonly facts: NightRun & Pick<Night, 'model' | 'images' | 'labelsChanged' | 'baseline'>;
  /** Writes the plan and has it explained. `done`: that is over already; else it goes on without us. */
  begin(): Promise<'begun' | 'done'>;
  /** Deletes temporary files. */
  close(): Promise<void>;
}

/** What is found when the run of a night is finished. */
export type NightFindings = Pick<
  Night,
  'images' | 'baseline' | 'verdict' | 'figures' | 'report' | 'error'
>;

/** What is done to nights, by a fleet or in one process. */
export type NightActs = Omit<NightPorts, 'clock' | 'home' | 'worker' | 'signal'>;

/** What a night needs of the world. Each of these may be done twice: a coordinator that was killed between an act and its record leaves it to another. */
export interface NightPorts {
  readonly clock: Clock;
  readonly home: ObjectStore;
  /** Who advances the nights, for the record. */
  readonly worker: string;
  /** Aborted when another may do it, or nobody is to go on. */
  readonly signal: AbortSignal;
  /** Plans the run; writes nothing. */
  prepare(audit: Audit, earlier: readonly Night[]): Promise<PreparedNight>;
  /** `absent`: its plan is not stored, or not whole. */
  stateOf(run: NightRun): Promise<RunState | 'absent'>;
  /** Keeps an open run going: restores what was lost of it, or explains it here. */
  tend(audit: Audit, run: NightRun): Promise<'begun' | 'done'>;
  /** Holds a finished run against the rules of its audit, and publishes the verdict beside it. */
  check(audit: Audit, run: NightRun & Night, earlier: readonly Night[]): Promise<NightFindings>;
  /** Tells of a settled night; what cannot be sent does not fail the night. */
  announce(audit: Audit, night: Night): Promise<NonNullable<Night['announced']>>;
}
