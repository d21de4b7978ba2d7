import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  allocatorEnvironment,
  workerEnvironment,
} from '../../../src/fleet/worker/allocator-environment.ts';
import { parseDockerfile } from '../../support/dockerfile.ts';
import { repositoryText } from '../../support/repository-files.ts';

test('a worker that is started gets what is set, and beside it the bounds of its allocator', () => {
  const given = { HOME: '/home/worker', MALLOC_ARENA_MAX: '8' };
  assert.deepEqual(workerEnvironment(given), { ...allocatorEnvironment, ...given });
});

const entries = Object.entries(allocatorEnvironment).map(([name, value]) => `${name}=${value}`);

test('both images have them', () => {
  const stages = parseDockerfile(repositoryText('Dockerfile'));
  for (const target of ['cpu', 'cuda']) {
    const { instructions } = stages.find(({ name }) => name === target)!;
    const said = instructions.filter(({ word }) => word === 'ENV').map(({ rest }) => rest);
    assert.ok(said.includes(entries.join(' ')), target);
  }
});

test('so has every command that npm starts, from the first line of its program, and few young objects', () => {
  const [first] = repositoryText('bin/eigenfleet.js').split('\n');
  assert.equal(first, `#!/usr/bin/env -S ${entries.join(' ')} node --max-semi-space-size=2`);
});
