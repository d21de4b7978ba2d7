import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { repositoryRoot } from '../support/cache-folder.ts';
import type { DeviceAnswer } from '../support/explain-on-device.ts';
import { softwareVulkan } from '../support/software-vulkan.ts';

const program = join(repositoryRoot, 'dist/test/support/explain-on-device.js');

async function explainOn(
  device: string,
  components: string,
  env: Readonly<Record<string, string>> = {},
): Promise<DeviceAnswer> {
  const options = { env: { ...process.env, ...env }, maxBuffer: 2 ** 26 };
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [program, device, components],
    options,
  );
  return JSON.parse(stdout);
}

/** Greatest difference as a share of the greatest magnitude; the sign of a component is open. */
function difference(map: readonly number[], other: readonly number[]): number {
  const product = map.reduce((sum, value, cell) => sum + value * (other[cell] ?? 0), 0);
  const scale = Math.max(...map.map(Math.abs));
  const sign = Math.sign(product);
  return Math.max(
    ...map.map((value, cell) => Math.abs(value - sign * (other[cell] ?? 9e9)) / scale),
  );
}

describe('Eigen-CAM on a GPU provider (WebGPU over software Vulkan)', async () => {
  const env = await softwareVulkan();

  it('gives the maps, variances and scores of the CPU', {
    skip: env === undefined && 'no software Vulkan',
  }, async () => {
    const [cpu, gpu] = [await explainOn('cpu', '1,2,3'), await explainOn('webgpu', '1,2,3', env)];
    assert.equal(cpu.maps.flat().length, 9);
    cpu.maps.forEach((layer, at) => {
      layer.forEach((map, rank) => {
        const away = difference(map, gpu.maps[at]?.[rank] ?? []);
        assert.ok(away < 1e-4, `layer ${at}, component ${rank + 1}: ${away} away`);
      });
    });
    cpu.explainedVariance.flat().forEach((value, at) => {
      assert.ok(Math.abs(value - (gpu.explainedVariance.flat()[at] ?? 9)) < 1e-5);
    });
    assert.equal(cpu.scores.length, 2100);
    cpu.scores.forEach((score, anchor) => {
      assert.ok(Math.abs(score - (gpu.scores[anchor] ?? 9)) < 1e-4, `anchor ${anchor}`);
    });
  });
});
