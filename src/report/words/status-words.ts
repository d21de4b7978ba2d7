import { type FailureClass, failureClass } from '../../shared/run/failure-class.ts';

export interface StatusWords {
  /** After a count: "2 could not be decoded". */
  readonly verb: string;
  /** After "all 24". */
  readonly all: string;
  readonly meaning: string;
}

const words: Readonly<Record<string, StatusWords>> = {
  failed_to_fetch: {
    verb: 'could not be fetched',
    all: 'failed to be fetched',
    meaning: 'The image was listed but could not be read.',
  },
  failed_to_decode: {
    verb: 'could not be decoded',
    all: 'failed to decode',
    meaning: 'The bytes are not a readable picture, or more pixels than allowed.',
  },
  failed_to_infer: {
    verb: 'could not be run through the model',
    all: 'failed in the model',
    meaning: 'The picture was read, but the model returned no result.',
  },
};

/** Explains a status other than `success` to people. */
export function statusWords(status: string): StatusWords {
  const readable = status.replaceAll('_', ' ');
  return words[status] ?? { verb: readable, all: readable, meaning: readable };
}

const again = 'then plan a new run';
const remedies: Readonly<Record<FailureClass, string>> = {
  not_found: `Put the file back, or leave it out, ${again}.`,
  denied: `Give the account that runs this the right to read it, ${again}.`,
  unreadable: `Check its disk or network, ${again}.`,
  empty: 'Copy the file again from its source: it is empty.',
  truncated: 'Copy the file again from its source: its end is missing.',
  too_large: 'Raise --max-pixels to include it, or make it smaller.',
  unsupported: 'Convert it to PNG or JPEG.',
  damaged: 'Open it in a viewer: replace it if broken, or save it again as PNG or JPEG.',
  crashed_process:
    'Save it again as PNG or JPEG; if it still crashes, report a bug with the image.',
  not_finite:
    'The weights are damaged, or overflow in half precision: export the model again with half=False, and check its training.',
  model: 'Run eigenfleet explain on this one image to see the error.',
};

/** Returns what to do about a failed image, one sentence for people, by its status and reason. */
export function remedyOf(status: string, reason: string): string {
  if (reason.startsWith('not an image')) {
    return 'Remove it from the dataset if it is not a picture, or convert it to PNG or JPEG.';
  }
  if (reason.includes(', not an image')) return `Fetch the image itself, ${again}.`;
  const known = failedStatuses.find((one) => one === status);
  return known === undefined ? 'See the reason.' : remedies[failureClass(known, reason)];
}

const failedStatuses = ['failed_to_fetch', 'failed_to_decode', 'failed_to_infer'] as const;
