import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import {
  removeAbandonedBelow,
  temporaryName,
} from '../../../src/shared/storage/abandoned-files.ts';
import { tempDir } from '../../support/temp-dir.ts';

/** What a process of this machine that has ended would have called its file. */
async function nameOfTheDead(): Promise<string> {
  const { pid } = spawnSync(process.execPath, ['--version']);
  return (await temporaryName()).replace(`-${process.pid}-`, `-${pid}-`);
}

describe('files that a dead process left', () => {
  it('go, wherever they lie, at once; those of live ones and of other machines stay', async () => {
    const folder = tempDir();
    const deep = join(folder, 'maps/00001');
    await mkdir(deep, { recursive: true });
    const live = await temporaryName();
    const elsewhere = (await nameOfTheDead()).replace(/tmp-\w+/, 'tmp-0123456789ab');
    for (const name of [await nameOfTheDead(), live, elsewhere, 'a.npy']) {
      await writeFile(join(deep, name), 'half');
    }
    await writeFile(join(folder, await nameOfTheDead()), 'half');
    await removeAbandonedBelow(folder);
    assert.deepEqual(await readdir(folder), ['maps']);
    assert.deepEqual((await readdir(deep)).sort(), [live, elsewhere, 'a.npy'].sort());
  });

  it('are not looked for behind links, nor where nothing is', async () => {
    const [folder, other] = [tempDir(), tempDir()];
    await writeFile(join(other, await nameOfTheDead()), 'half');
    await symlink(other, join(folder, 'link'));
    await removeAbandonedBelow(folder);
    await removeAbandonedBelow(join(folder, 'none'));
    assert.equal((await readdir(other)).length, 1);
  });
});
