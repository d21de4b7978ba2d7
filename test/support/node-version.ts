import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { messageOf } from '../../src/shared/errors.ts';
import { cacheFolder } from './cache-folder.ts';

export type FoundNode =
  | { readonly status: 'found'; readonly program: string }
  | { readonly status: 'unavailable'; readonly reason: string };

const run = promisify(execFile);

/** Another version of Node for this machine, from npm's package of it: fetched once into the cache folder, without running anything of it. */
export async function findNode(version: string): Promise<FoundNode> {
  const program = join(cacheFolder(), `node-${version}`, 'package/bin/node');
  if (existsSync(program)) return { status: 'found', program };
  const folder = join(cacheFolder(), `node-${version}`);
  await mkdir(dirname(folder), { recursive: true });
  const work = await mkdtemp(`${folder}.new-`);
  const name = `node-${process.platform}-${process.arch}@${version}`;
  try {
    const packed = await run('npm', ['pack', name, '--json', '--pack-destination', work]);
    const [{ filename }] = JSON.parse(packed.stdout);
    const archive = join(work, filename);
    await run('tar', ['-xzf', archive, '-C', work, 'package/bin/node']);
    await rm(archive);
    await rename(work, folder).catch((error) => {
      if (!existsSync(program)) throw error;
    });
    return { status: 'found', program };
  } catch (error) {
    return {
      status: 'unavailable',
      reason: `${name}: ${messageOf(error).trim().split('\n').at(-1)}`,
    };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
