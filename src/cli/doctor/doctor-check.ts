/**
 * One line of `eigenfleet doctor`. `ok`: fine. `note`: something optional is missing.
 * `problem`: eigenfleet cannot run here until it is fixed.
 */
export interface DoctorCheck {
  readonly name: string;
  readonly status: 'ok' | 'note' | 'problem';
  /** What was found, in words. */
  readonly says: string;
  /** What to do about it, one sentence; for notes and problems. */
  readonly remedy?: string;
  /** The same as values, for `--json`. */
  readonly data: Readonly<Record<string, unknown>>;
}
