import { safeText } from '../redaction/safe-text.ts';

export interface UnavailableOptions extends ErrorOptions {
  /** A right, an address or a read-only disk: it may be mended, but seldom passes by itself. */
  readonly lasting?: boolean;
}

/**
 * The storage as a whole could not be used: it did not answer in spite of repeated attempts, is full, refuses to be written, refuses these
 * credentials, or has no such bucket. It says nothing about the object that was asked for, so it is not a `EigenfleetError`: no image becomes a
 * failed row because of it, whoever can wait waits (`StorageWait`), and a shard that meets it is tried again without using up an attempt. The
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
