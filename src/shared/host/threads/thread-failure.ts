import { EigenfleetError, type ErrorCode, messageOf } from '../../errors.ts';
import { StorageUnavailableError } from '../storage-unavailable.ts';

/** An error of a thread that reads storage. Errors lose their class between threads, so it comes as a value; without a code the storage as a whole is unusable. */
export interface ThreadFailure {
  readonly status: 'failed';
  readonly code: ErrorCode | undefined;
  readonly message: string;
}

/** In the thread. */
export function threadFailure(error: unknown): ThreadFailure {
  const code = error instanceof EigenfleetError ? error.code : undefined;
  return { status: 'failed', code, message: messageOf(error) };
}

/** Where its answer arrives. */
export function errorOfThread({ code, message }: ThreadFailure): Error {
  return code === undefined
    ? new StorageUnavailableError(message)
    : new EigenfleetError(code, message);
}
