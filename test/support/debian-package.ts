import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { repositoryRoot } from './cache-folder.ts';

export type UnpackResult =
  | { readonly status: 'unpacked'; readonly folder: string }
  | { readonly status: 'unavailable'; readonly reason: string };

export interface UnpackOptions {
  /** Debian package names, such as `redis-server`. */
  readonly packages: readonly string[];
  /** The folder that will hold `usr/`, `etc/` and so on; it is complete when it exists. */
  readonly into: string;
}

/**
 * Unpacks Debian packages and their missing dependencies without root. Safe to call from several processes at once (the kernel's
 * file lock lets one work and the others wait) and after an interruption (downloads are kept until the folder is complete).
 */
export async function unpackDebianPackage({
  packages,
  into,
}: UnpackOptions): Promise<UnpackResult> {
  if (existsSync(into)) return { status: 'unpacked', folder: into };
  if (process.platform !== 'linux') {
    return { status: 'unavailable', reason: `Debian packages do not run on ${process.platform}` };
  }
  await mkdir(dirname(into), { recursive: true });
  const script = join(repositoryRoot, 'test/support/unpack-debian-package.sh');
  // The lock file stays: deleting it would let a waiter and a newcomer hold two different locks of one name.
  const guarded = '[ -e "$1" ] || exec sh "$0" "$@"';
  const failure = await run('flock', [
    `${into}.lock`,
    'sh',
    '-c',
    guarded,
    script,
    into,
    ...packages,
  ]);
  if (failure === undefined) return { status: 'unpacked', folder: into };
  return {
    status: 'unavailable',
    reason: `${packages.join(', ')} could not be unpacked: ${failure}`,
  };
}

/**
 * Folders below `folder` that hold shared libraries, for LD_LIBRARY_PATH. The machine's own libraries come after them, so that
 * a program from a package meets the libraries it was built against.
 */
export async function libraryFolders(folder: string): Promise<string[]> {
  const found = new Set<string>();
  for (const top of ['lib', 'usr/lib']) {
    const root = join(folder, top);
    if (!existsSync(root)) continue;
    const entries = await readdir(root, { recursive: true, withFileTypes: true });
    for (const entry of entries) {
      const depth = entry.parentPath.slice(root.length).split('/').length - 1;
      if (/^lib.+\.so(\.|$)/.test(entry.name) && depth <= 2) found.add(entry.parentPath);
    }
  }
  return [...found].sort();
}

/** Runs a program; resolves to `undefined` when it succeeded, else to why not, in its own last words. */
function run(file: string, args: readonly string[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(file, args, { maxBuffer: 1 << 24 }, (error, _stdout, stderr) => {
      if (error === null) return resolve(undefined);
      if (error.code === 'ENOENT') return resolve(`the program ${file} is missing`);
      const lines = stderr.trim().split('\n');
      const telling = lines.find((line) => line.startsWith('E: ')) ?? lines.at(-1);
      return resolve(telling || error.message);
    });
  });
}
