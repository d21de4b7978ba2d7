import type { PathLike, Stats } from 'node:fs';
import { constants, type FileHandle, open, stat } from 'node:fs/promises';
import { diskWatch } from './disk-watch.ts';

const kib = 1024;

/** Bytes that a file of a kind may have: far beyond every sensible one, and what one process can hold. */
export const mostFileBytes = {
  /** Pixels are limited by --max-pixels; a file of 100 megapixels with 8 bytes each has 800 MB. */
  image: kib ** 3,
  /** Protocol Buffers, which ONNX is written in, end at 2 GiB. */
  model: 2 * kib ** 3,
  /** Of storage. */
  object: 2 * kib ** 3,
  /** About two million paths. */
  list: 256 * kib ** 2,
  /** Of one image. */
  labels: 16 * kib ** 2,
  /** Of a dataset, in COCO's JSON: as long as a string may be. */
  coco: 511 * kib ** 2,
  dataYaml: 16 * kib ** 2,
  config: kib ** 2,
} as const;

/** What a path leads to cannot be read as a file. The message is a clause about "it": "it is a named pipe, not a file". */
export class UnreadableFileError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UnreadableFileError';
  }
}

/** Returns why something that exists is not a readable file, as a clause about "it"; `undefined` for files and folders. */
export function irregularity(
  stats: Pick<Stats, 'isFile' | 'isDirectory'> & Kinds,
): string | undefined {
  if (stats.isFile() || stats.isDirectory()) return undefined;
  const kind = stats.isFIFO() ? 'a named pipe' : stats.isSocket() ? 'a socket' : 'a device';
  return `it is ${kind}, not a file`;
}

type Kinds = Pick<Stats, 'isFIFO' | 'isSocket'>;

/** Returns why a file of this size is not read, as a clause about "it"; `undefined` when it is. */
export function oversize(sizeBytes: number, mostBytes: number): string | undefined {
  if (sizeBytes <= mostBytes) return undefined;
  return `it has ${(sizeBytes / 1e6).toFixed(1)} MB, over the limit of ${mostBytes / kib ** 2} MiB`;
}

export interface ReadLimits {
  readonly mostBytes: number;
  readonly signal?: AbortSignal | undefined;
}

/** Bytes read at once: between two of them the signal is looked at. */
const chunkBytes = 8 * kib ** 2;

/**
 * Reads a file whole, up to the size that it has when it is opened. What is not a file is not even opened: a pipe without a writer and a device
 * would hold up a thread for good, or never end.
 *
 * @throws UnreadableFileError for what is not a file or is too large; the system's error for all else, the signal's reason when it is aborted.
 */
export function readRegularFile(path: PathLike, limits: ReadLimits): Promise<Buffer> {
  return diskWatch.ask(async () => {
    limits.signal?.throwIfAborted();
    const { file, size } = await openRegularFile(path);
    try {
      const tooLarge = oversize(size, limits.mostBytes);
      if (tooLarge !== undefined) throw new UnreadableFileError(tooLarge);
      return await readBytes(file, { start: 0, end: size }, limits.signal);
    } finally {
      await file.close();
    }
  });
}

/** Like `readRegularFile`, for bytes [start, end); fewer where the file ends earlier. */
export function readFileRange(path: PathLike, start: number, end: number): Promise<Buffer> {
  return diskWatch.ask(async () => {
    const { file, size } = await openRegularFile(path);
    try {
      // An end far beyond that of the file does not deserve a buffer.
      return await readBytes(file, { start, end: Math.min(end, size) });
    } finally {
      await file.close();
    }
  });
}

interface OpenFile {
  readonly file: FileHandle;
  /** When it was opened. */
  readonly size: number;
}

async function openRegularFile(path: PathLike): Promise<OpenFile> {
  assertReadable(await stat(path));
  // Should a pipe take its place now, opening it does not wait for a writer.
  const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const stats = await file.stat();
    assertReadable(stats);
    return { file, size: stats.size };
  } catch (error) {
    await file.close();
    throw error;
  }
}

function assertReadable(stats: Stats): void {
  const reason = irregularity(stats);
  if (reason !== undefined) throw new UnreadableFileError(reason);
  if (!stats.isDirectory()) return;
  throw Object.assign(new Error('it is a folder, not a file'), { code: 'EISDIR' });
}

async function readBytes(
  file: FileHandle,
  { start, end }: { readonly start: number; readonly end: number },
  signal?: AbortSignal,
): Promise<Buffer> {
  // Memory of its own: it may be handed to another thread.
  const bytes = Buffer.allocUnsafeSlow(Math.max(0, end - start));
  let filled = 0;
  while (filled < bytes.length) {
    signal?.throwIfAborted();
    const length = Math.min(chunkBytes, bytes.length - filled);
    const { bytesRead } = await file.read(bytes, filled, length, start + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}
