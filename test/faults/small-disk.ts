import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { atExit } from './at-exit.ts';

/** A folder that is a disk of its own. */
export interface SmallDisk {
  readonly path: string;
  release(): void;
}

const size = '96m';

/** Mounts a disk in memory on an empty folder: the one that a test may fill. Throws where it may not be. It goes with this process. */
export function mountSmallDisk(path: string): SmallDisk {
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', path], { stdio: 'pipe' });
  const unmount = (): void => void execFileSync('umount', ['-l', path]);
  const stay = atExit(unmount);
  return {
    path,
    release: () => {
      stay();
      unmount();
    },
  };
}

/** Root of a Linux that is not shut in too tightly can. */
export function canMountSmallDisk(parent: string): boolean {
  const path = mkdtempSync(join(parent, 'disk-'));
  try {
    mountSmallDisk(path).release();
    return true;
  } catch {
    process.stderr.write('No disk can be filled: a small one cannot be mounted here.\n');
    return false;
  } finally {
    rmdirSync(path);
  }
}
