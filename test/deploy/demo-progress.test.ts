import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { repositoryRoot } from '../support/cache-folder.ts';
import { tempDir } from '../support/temp-dir.ts';

describe('npm run demo:progress', () => {
  it('says what training improved, and calls the blurred, darkened images drift', async () => {
    const folder = tempDir();
    const script = join(repositoryRoot, 'scripts/demo-progress.js');
    const args = [script, '--limit', '8', '--out', join(folder, 'demo')];
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: folder });
    assert.match(stdout, /^epoch20 -> final: \S+ (recall|precision) \d\S* -> \d\S*$/m);
    assert.match(
      stdout,
      /^final -> blurred: the images drifted: sharpness \S+ -> \S+, brightness/m,
    );
    const pages = [...stdout.matchAll(/^ {2}(\S+comparison\.html)$/gm)].map(([, page]) => page!);
    assert.equal(pages.length, 2);
    for (const page of pages) assert.ok(existsSync(resolve(folder, page)), page);
  });
});
