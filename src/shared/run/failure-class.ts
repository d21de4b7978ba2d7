import type { SampleStatus } from './sample.ts';

/** Why images fail, as metrics count it: few, whatever the dataset holds. Full reasons are in the run's summary. */
export const failureClasses = [
  'not_found',
  'denied',
  'unreadable',
  'empty',
  'truncated',
  'too_large',
  'unsupported',
  'damaged',
  'crashed_process',
  'not_finite',
  'model',
] as const;
export type FailureClass = (typeof failureClasses)[number];

type FailedStatus = Exclude<SampleStatus, 'success'>;

/** Tried in order; a reason that matches none gets the fallback of its status. */
const patterns: Readonly<Record<FailedStatus, readonly (readonly [RegExp, FailureClass])[]>> = {
  failed_to_fetch: [
    [/not there|does not exist|not found/i, 'not_found'],
    [/over the limit/, 'too_large'],
    [/denied|forbidden|\b403\b/i, 'denied'],
  ],
  failed_to_decode: [
    [/is empty/, 'empty'],
    [/truncated/, 'truncated'],
    [/over the limit/, 'too_large'],
    [/not accepted|not supported|, not an image/, 'unsupported'],
  ],
  failed_to_infer: [
    [/crashed the process/, 'crashed_process'],
    [/not finite|too large for float32/, 'not_finite'],
  ],
};

const lastResort: Readonly<Record<FailedStatus, FailureClass>> = {
  failed_to_fetch: 'unreadable',
  failed_to_decode: 'damaged',
  failed_to_infer: 'model',
};

/** Returns the class of a failed sample's reason, a sentence that may name the file. */
export function failureClass(status: FailedStatus, reason: string): FailureClass {
  return patterns[status].find(([pattern]) => pattern.test(reason))?.[1] ?? lastResort[status];
}
