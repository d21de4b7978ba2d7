import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { runDoctor } from '../support/doctor.ts';
import { softwareVulkan } from '../support/software-vulkan.ts';

describe('doctor on a machine with a Vulkan driver in software', async () => {
  const env = await softwareVulkan();
  const skip = env === undefined && 'no software Vulkan';

  it('finds that the WebGPU device works', { skip }, async () => {
    const { checks } = JSON.parse(await runDoctor({ json: true, env }));
    const webgpu = checks.find(({ name }: { name: string }) => name === 'device webgpu');
    assert.equal(webgpu.data.status, 'works', webgpu.says);
  });
});
