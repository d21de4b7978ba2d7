import { randomBytes } from 'node:crypto';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { storageError } from '../../shared/host/storage-error.ts';

interface SpoolFile {
  readonly path: string;
  readonly handle: FileHandle;
}

/** Bytes that are read at once: each read costs a turn through one of Node's threads. */
const readBytes = 262_144;

/** Bytes written once and read any number of times: in memory as long as they are few, then in a temporary file. */
export class ByteSpool {
  readonly #memoryBytes: number;
  #chunks: Uint8Array[] = [];
  #length = 0;
  #file: SpoolFile | undefined;

  constructor(memoryBytes: number) {
    this.#memoryBytes = memoryBytes;
  }

  /** @throws EigenfleetError `storage` when the temporary file cannot be written. */
  async append(bytes: Uint8Array): Promise<void> {
    this.#chunks.push(bytes);
    this.#length += bytes.length;
    if (this.#file === undefined && this.#length <= this.#memoryBytes) return;
    try {
      this.#file ??= await openTemporary();
      for (const chunk of this.#chunks) await this.#file.handle.appendFile(chunk);
    } catch (error) {
      throw storageError(error, 'written', this.#file?.path ?? tmpdir());
    }
    this.#chunks = [];
  }

  async *read(): AsyncGenerator<Uint8Array> {
    if (this.#file === undefined) yield* this.#chunks;
    else yield* bytesOf(this.#file);
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
      .read(Buffer.allocUnsafeSlow(readBytes), 0, readBytes, position)
      .catch((error: unknown) => {
        throw storageError(error, 'read', file);
      });
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
    position += bytesRead;
  }
}

/** It is unlinked at once where the system allows that, so that a killed process leaves nothing behind. */
async function openTemporary(): Promise<SpoolFile> {
  const file = path.join(tmpdir(), `eigenfleet-manifest-${randomBytes(8).toString('hex')}`);
  const handle = await open(file, 'wx+', 0o600);
  await rm(file, { force: true }).catch(() => undefined);
  return { path: file, handle };
}
