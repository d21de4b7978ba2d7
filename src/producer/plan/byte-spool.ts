import { randomBytes } from 'node:crypto';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { storageError } from '../../shared/host/storage-error.ts';

interface SpoolFile {
  readonly path: string;
  readonly handle: FileHandle;
}

/** Bytes that are read or written at once: each time costs a turn through one of Node's threads. */
const blockBytes = 262_144;

/** Systems take 1,024 at once. */
const mostChunks = 1024;

/** Bytes written once and read any number of times: in memory as long as they are few, then in a temporary file. */
export class ByteSpool {
  readonly #memoryBytes: number;
  /** Not in the file, and the bytes of them. */
  #chunks: Uint8Array[] = [];
  #held = 0;
  #file: SpoolFile | undefined;

  constructor(memoryBytes: number) {
    this.#memoryBytes = memoryBytes;
  }

  /** @throws EigenfleetError `storage` when the temporary file cannot be written. */
  async append(bytes: Uint8Array): Promise<void> {
    this.#chunks.push(bytes);
    this.#held += bytes.length;
    const enough = Math.min(this.#memoryBytes, blockBytes);
    if (this.#held <= (this.#file === undefined ? this.#memoryBytes : enough)) return;
    const chunks = this.#chunks;
    this.#chunks = [];
    this.#held = 0;
    try {
      this.#file ??= await openTemporary();
      await writeAll(this.#file.handle, chunks);
    } catch (error) {
      throw storageError(error, 'written', this.#file?.path ?? tmpdir());
    }
  }

  async *read(): AsyncGenerator<Uint8Array> {
    if (this.#file !== undefined) yield* bytesOf(this.#file);
    yield* this.#chunks;
  }

  async close(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    this.#chunks = [];
    if (file === undefined) return;
    await file.handle.close();
    await rm(file.path, { force: true });
  }
}

async function* bytesOf({ handle, path: file }: SpoolFile): AsyncGenerator<Uint8Array> {
  for (let position = 0; ; ) {
    const { bytesRead, buffer } = await handle
      .read(Buffer.allocUnsafeSlow(blockBytes), 0, blockBytes, position)
      .catch((error: unknown) => {
        throw storageError(error, 'read', file);
      });
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
    position += bytesRead;
  }
}

/** Behind what is there. */
async function writeAll(handle: FileHandle, chunks: readonly Uint8Array[]): Promise<void> {
  const length = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  const { bytesWritten } = await handle.writev(chunks.slice(0, mostChunks));
  if (bytesWritten === length) return;
  // A disk that is nearly full, or more chunks than a system takes at once.
  await handle.appendFile(Buffer.concat(chunks).subarray(bytesWritten));
}

/** It is unlinked at once where the system allows that, so that a killed process leaves nothing behind. */
async function openTemporary(): Promise<SpoolFile> {
  const file = path.join(tmpdir(), `eigenfleet-manifest-${randomBytes(8).toString('hex')}`);
  const handle = await open(file, 'wx+', 0o600);
  await rm(file, { force: true }).catch(() => undefined);
  return { path: file, handle };
}
