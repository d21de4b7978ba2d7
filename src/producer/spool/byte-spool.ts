import { randomBytes } from 'node:crypto';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { storageError } from '../../shared/host/storage-error.ts';

interface SpoolFile {
  readonly path: string;
  readonly handle: FileHandle;
}

/** Bytes that are read or written at once, at most: each time costs a turn through one of Node's threads. */
const mostInBlock = 262_144;
const fewestInBlock = 4096;

/** Systems take 1,024 at once. */
const mostChunks = 1024;

/** Bytes written once and read any number of times: in memory as long as they are few, then in a temporary file. */
export class ByteSpool {
  readonly #memoryBytes: number;
  readonly #blockBytes: number;
  /** Full ones that are not in the file. */
  #blocks: Uint8Array[] = [];
  /** Behind them, and the bytes of it that are taken. Used again once it is in the file. */
  #block: Uint8Array;
  #filled = 0;
  #file: SpoolFile | undefined;

  constructor(memoryBytes: number) {
    this.#memoryBytes = memoryBytes;
    this.#blockBytes = Math.min(mostInBlock, Math.max(fewestInBlock, memoryBytes));
    this.#block = Buffer.allocUnsafeSlow(this.#blockBytes);
  }

  /**
   * Copies the bytes. Returns a promise now and then, to wait for before the next ones.
   *
   * @throws EigenfleetError `storage` when the temporary file cannot be written.
   */
  append(bytes: Uint8Array): Promise<void> | undefined {
    if (bytes.length > this.#block.length - this.#filled) return this.#spread(bytes);
    this.#block.set(bytes, this.#filled);
    this.#filled += bytes.length;
    return undefined;
  }

  /**
   * Moves what is in memory to the file. Returns its descriptor.
   *
   * @throws EigenfleetError `storage`
   */
  async toFile(): Promise<number> {
    const file = await this.#write([...this.#blocks, this.#block.subarray(0, this.#filled)]);
    this.#blocks = [];
    this.#filled = 0;
    return file.handle.fd;
  }

  async *read(): AsyncGenerator<Uint8Array> {
    if (this.#file !== undefined) yield* bytesOf(this.#file);
    yield* this.#blocks;
    if (this.#filled > 0) yield this.#block.subarray(0, this.#filled);
  }

  async close(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    this.#blocks = [];
    this.#filled = 0;
    if (file === undefined) return;
    await file.handle.close();
    await rm(file.path, { force: true });
  }

  async #spread(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length; ) {
      const piece = bytes.subarray(at, at + this.#block.length - this.#filled);
      this.#block.set(piece, this.#filled);
      this.#filled += piece.length;
      at += piece.length;
      if (this.#filled === this.#block.length) await this.#setAside();
    }
  }

  async #setAside(): Promise<void> {
    const blocks = [...this.#blocks, this.#block];
    const isEnough = blocks.length * this.#blockBytes > this.#memoryBytes;
    if (this.#file === undefined && !isEnough) {
      this.#blocks = blocks;
      this.#block = Buffer.allocUnsafeSlow(this.#blockBytes);
    } else {
      await this.#write(blocks);
      this.#blocks = [];
    }
    this.#filled = 0;
  }

  async #write(blocks: readonly Uint8Array[]): Promise<SpoolFile> {
    try {
      this.#file ??= await openTemporary();
      await writeAll(this.#file.handle, blocks);
      return this.#file;
    } catch (error) {
      throw storageError(error, 'written', this.#file?.path ?? tmpdir());
    }
  }
}

async function* bytesOf({ handle, path: file }: SpoolFile): AsyncGenerator<Uint8Array> {
  for (let position = 0; ; ) {
    const { bytesRead, buffer } = await handle
      .read(Buffer.allocUnsafeSlow(mostInBlock), 0, mostInBlock, position)
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
