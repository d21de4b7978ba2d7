import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { kernelSources } from '../../src/kernels/kernel-code.ts';
import { repositoryRoot } from '../support/cache-folder.ts';

test('the compiled kernels are those of the sources in kernels/', () => {
  const folder = join(repositoryRoot, 'kernels');
  const hash = createHash('sha256');
  for (const file of readdirSync(folder).sort()) hash.update(readFileSync(join(folder, file)));
  assert.equal(
    hash.digest('hex'),
    kernelSources,
    'kernels/ was changed: run `npm run build:kernels` and commit what it wrote',
  );
});
