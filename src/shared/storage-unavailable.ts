import { safeText } from './safe-text.ts';

/**
 * The storage as a whole could not be used: it did not answer in spite of repeated attempts, refuses these credentials, or has no such bucket.
 * It says nothing about the object that was asked for, so it is no `EigenfleetError`: a shard that meets it fails and is tried
 * again, and no image becomes a failed row because of it. The message is a sentence for people; the command line exits with the code of `storage`.
 */
export class StorageUnavailableError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(safeText(message), options);
    this.name = 'StorageUnavailableError';
  }
}
