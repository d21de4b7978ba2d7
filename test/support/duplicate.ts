import { execFile } from 'node:child_process';
import { cp, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Copies a folder that is only ever added to and deleted from: by hard links where the system has them, as packages are hundreds of megabytes. */
export async function duplicate(source: string, target: string): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  try {
    await run('cp', ['-al', source, target]);
  } catch {
    await cp(source, target, { recursive: true, verbatimSymlinks: true });
  }
}
