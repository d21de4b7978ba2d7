export interface StatusWords {
  /** After a count: "2 could not be decoded". */
  readonly verb: string;
  /** After "all 24". */
  readonly all: string;
  readonly meaning: string;
  readonly remedy: string;
}

const words: Readonly<Record<string, StatusWords>> = {
  failed_to_fetch: {
    verb: 'could not be fetched',
    all: 'failed to be fetched',
    meaning: 'The image was listed but could not be read.',
    remedy: 'Check that the file still exists and may be read, then run the same command again.',
  },
  failed_to_decode: {
    verb: 'could not be decoded',
    all: 'failed to decode',
    meaning: 'The bytes are no picture that can be read, or more pixels than allowed.',
    remedy: 'Open the file in a viewer: replace it if broken, or raise the pixel limit if large.',
  },
  failed_to_infer: {
    verb: 'could not be run through the model',
    all: 'failed in the model',
    meaning: 'The picture was read, but the model gave no result.',
    remedy: 'Run `explain` on this one image to see the error.',
  },
};

/** What a status other than `success` means for people. */
export function statusWords(status: string): StatusWords {
  const readable = status.replaceAll('_', ' ');
  return (
    words[status] ?? { verb: readable, all: readable, meaning: readable, remedy: 'See the reason.' }
  );
}
