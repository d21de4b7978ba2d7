import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { repositoryRoot } from '../support/cache-folder.ts';
import { awsEnvironment } from '../support/s3-credentials.ts';
import { startS3Server } from '../support/s3-server.ts';
import { tempDir } from '../support/temp-dir.ts';

describe('scripts/upload-folder.js', async () => {
  const server = await startS3Server();
  after(() => server.close());
  const env = { ...process.env, ...awsEnvironment(server.credentials, server.endpoint) };
  const upload = (...args: readonly string[]) =>
    promisify(execFile)(process.execPath, ['scripts/upload-folder.js', ...args], {
      cwd: repositoryRoot,
      env,
    });

  it('makes the bucket and copies the whole folder, as often as it is asked', async () => {
    const folder = tempDir();
    await mkdir(join(folder, 'images/day 1'), { recursive: true });
    await writeFile(join(folder, 'images/day 1/ä.jpg'), 'first');
    await writeFile(join(folder, 'best.onnx'), 'model');
    await writeFile(join(folder, '.DS_Store'), 'not this');
    for (const _ of [1, 2]) {
      const { stdout } = await upload(folder, 's3://demo/in/');
      assert.match(stdout, /^2 files/);
    }
    const stored = Object.fromEntries([...server.objects].map(([k, v]) => [k, v.toString()]));
    assert.deepEqual(stored, {
      'demo/in/images/day 1/ä.jpg': 'first',
      'demo/in/best.onnx': 'model',
    });
  });

  it('takes the bucket itself as a target', async () => {
    const folder = tempDir();
    await writeFile(join(folder, 'a.txt'), 'a');
    await upload(folder, 's3://whole');
    assert.ok(server.objects.has('whole/a.txt'));
  });

  it('says in one sentence what it could not do', async () => {
    const missing = join(tempDir(), 'nothing');
    await assert.rejects(upload(missing, 's3://demo/in'), {
      code: 5,
      stderr: /nothing could not be copied to s3:\/\/demo\/in: ENOENT/,
    });
    await assert.rejects(upload(missing, 'demo'), { code: 2, stderr: /^usage: / });
  });
});
