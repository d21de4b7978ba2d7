import assert from 'node:assert/strict';
import { it } from 'node:test';
import { softwareVersions } from '../../../src/shared/host/software-versions.ts';
import { repositoryText } from '../../support/repository-files.ts';

it('names the versions that package.json pins', () => {
  const manifest = JSON.parse(repositoryText('package.json'));
  assert.deepEqual(softwareVersions(), {
    eigenfleet: manifest.version,
    node: process.version.slice(1),
    'onnxruntime-node': manifest.dependencies['onnxruntime-node'],
    sharp: manifest.dependencies.sharp,
    'libheif-js': manifest.dependencies['libheif-js'],
    '@cornerstonejs/codec-openjpeg': manifest.dependencies['@cornerstonejs/codec-openjpeg'],
  });
});
