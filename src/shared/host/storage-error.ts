import { EigenfleetError, messageOf } from '../errors.ts';
import { StorageUnavailableError } from './storage-unavailable.ts';

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
  ENAMETOOLONG: 'a name is longer than the file system takes; shorten it',
  EISDIR: 'a folder is where a file is needed',
  EMFILE: 'too many open files; raise `ulimit -n`',
  ENFILE: 'too many open files on this machine',
};

/** Faults that are not the file's: limits of the machine, and remote disks that are away. */
const ofMachine = new Set([
  ...['EMFILE', 'ENFILE', 'ENOMEM', 'ESTALE', 'ETIMEDOUT', 'ENOTCONN', 'EHOSTDOWN'],
  ...['EHOSTUNREACH', 'ENETUNREACH', 'ENODEV', 'EAGAIN', 'EBUSY'],
]);

/** Faults that keep a disk from being written and may pass; the others need somebody to change something. */
const fullDisk = new Set(['ENOSPC', 'EDQUOT']);
const brokenDisk = new Set(['EIO', 'ENXIO']);
const refusingDisk = new Set(['EROFS', 'EACCES', 'EPERM']);

/**
 * Turns a failed file operation into the error for people. Aborts and EigenfleetErrors pass unchanged.
 *
 * - `StorageUnavailableError`: the disk is full, read-only or away: not the fault of this file.
 * - `EigenfleetError('storage')`: of this file.
 */
export function storageError(error: unknown, done: 'read' | 'written', path: string): Error {
  if (error instanceof EigenfleetError || error instanceof StorageUnavailableError) return error;
  if (error instanceof Error && error.name === 'AbortError') return error;
  const code = systemCode(error) ?? '';
  const options = { cause: error };
  if (fullDisk.has(code)) {
    return new StorageUnavailableError(
      `The disk is full: ${path} could not be written. Free some space, then run the same command again: finished shards are kept.`,
      options,
    );
  }
  const reason = reasons[code] ?? messageOf(error);
  const advice =
    done === 'read'
      ? 'Check that it is there and that you may read it.'
      : 'Choose another folder, or change who may write there.';
  const sentence = `${path} cannot be ${done}: ${reason}. ${advice}`;
  const lasting = done === 'written' && refusingDisk.has(code);
  if (lasting || ofMachine.has(code) || (done === 'written' && brokenDisk.has(code))) {
    return new StorageUnavailableError(sentence, { ...options, lasting });
  }
  return new EigenfleetError('storage', sentence, options);
}
