import { closingFault } from '../../report/closing-fault.ts';
import type { Summary } from '../../report/summary/summary-schema.ts';
import { exitCodes } from '../../shared/errors.ts';

/** Returns the exit code of a closed run. */
export function closingCode(summary: Summary): number {
  const fault = closingFault(summary);
  return fault === undefined ? 0 : exitCodes[fault];
}
