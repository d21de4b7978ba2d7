import { EigenfleetError, messageOf } from './errors.ts';

/** The system's code of a failed file operation (`ENOENT`, `ENOSPC`); `undefined` for any other error. */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOTDIR: 'a file is where a folder is needed',
  EEXIST: 'a file is where a folder is needed',
  EISDIR: 'a folder is where a file is needed',
  EMFILE: 'too many open files; raise `ulimit -n`',
  ENFILE: 'too many open files on this machine',
};

/** Turns a failed file operation into the sentence that a person gets. An abort and what is already a sentence pass unchanged. */
export function storageError(error: unknown, done: 'read' | 'written', path: string): Error {
  if (error instanceof EigenfleetError) return error;
  if (error instanceof Error && error.name === 'AbortError') return error;
  const code = systemCode(error) ?? '';
  const options = { cause: error };
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new EigenfleetError(
      'storage',
      `The disk is full: ${path} could not be written. Free some space and run the same command again; finished shards are kept.`,
      options,
    );
  }
  const reason = reasons[code] ?? messageOf(error);
  const advice =
    done === 'read'
      ? 'Check that it is there and that you may read it.'
      : 'Choose another folder, or change who may write there.';
  return new EigenfleetError('storage', `${path} cannot be ${done}: ${reason}. ${advice}`, options);
}
