import { safeText } from '../redaction/safe-text.ts';

export interface UnavailableOptions extends ErrorOptions {
  /** A right, an address or a read-only disk: somebody can fix it, but it seldom passes by itself. */
  readonly lasting?: boolean;
}

/**
 * The storage as a whole is unusable: it did not answer despite repeated attempts, is full, is read-only, refuses these
 * credentials, or has no such bucket. It says nothing about the requested object, so it is not an `EigenfleetError`: no image becomes a
 * failed row because of it, services wait (`StorageWait`), and a shard that hits it is retried without using up an attempt. The
 * message is a sentence for people; the command line exits with the code of `storage`.
 */
export class StorageUnavailableError extends Error {
  readonly code = 'storage';
  readonly lasting: boolean;

  constructor(message: string, { lasting = false, ...options }: UnavailableOptions = {}) {
    super(safeText(message), options);
    this.name = 'StorageUnavailableError';
    this.lasting = lasting;
  }
}
