import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { repositoryRoot } from '../support/cache-folder.ts';

test('docs/configuration.md is what the table of settings says', () => {
  const script = ['scripts/write-configuration.js', '--check'];
  const { status, stderr } = spawnSync(process.execPath, script, {
    cwd: repositoryRoot,
    encoding: 'utf8',
  });
  assert.equal(status, 0, stderr);
});
