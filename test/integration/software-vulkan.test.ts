import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { repositoryRoot } from '../support/cache-folder.ts';
import { softwareVulkan } from '../support/software-vulkan.ts';

const model = join(repositoryRoot, 'test/fixtures/models/tiny-det.onnx');

const program = `
  const { InferenceSession, Tensor } = require('onnxruntime-node');
  const run = async (provider) => {
    const session = await InferenceSession.create(process.argv[1], { executionProviders: [provider], logSeverityLevel: 3 });
    const pixels = Float32Array.from({ length: 3 * 320 * 320 }, (_, i) => (i % 255) / 255);
    const { output0 } = await session.run({ images: new Tensor('float32', pixels, [1, 3, 320, 320]) });
    return output0.data;
  };
  (async () => {
    const [cpu, gpu] = [await run('cpu'), await run('webgpu')];
    const scores = (data) => data.subarray(4 * 2100);
    const worst = scores(cpu).reduce((most, value, i) => Math.max(most, Math.abs(value - scores(gpu)[i])), 0);
    console.log(JSON.stringify({ worst, length: gpu.length }));
  })();
`;

describe('software Vulkan', async () => {
  const env = await softwareVulkan();

  it('lets the WebGPU provider give the scores of the CPU', {
    skip: env === undefined && 'no software Vulkan',
  }, async () => {
    const { stdout } = await promisify(execFile)(process.execPath, ['-e', program, model], {
      cwd: repositoryRoot,
      env: { ...process.env, ...env },
    });
    const { worst, length } = JSON.parse(stdout);
    assert.equal(length, 7 * 2100);
    assert.ok(worst < 1e-3, `worst difference of a score: ${worst}`);
  });
});
