import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { type GpuResults, gpuTable, mapsAgree } from '../../bench/gpu/gpu-results.ts';
import { limitOf } from '../../bench/gpu/measure-run.ts';

const device: GpuResults['devices'][number] = {
  device: 'cuda:0',
  model: 'best.onnx',
  maps: [{ layer: 'model.15', images: 8, worst: 0.99995 }],
  graph: [
    {
      ...{ batch: 8, barePerSecond: 400, explainedPerSecond: 380 },
      ratio: { middle: 1.05, low: 1.04, high: 1.06 },
      ...{ bytesOff: 165_536, bareBytesOff: 58_800 },
    },
  ],
  runs: [{ batch: 8, images: 1024, imagesPerSecond: 190, cpuShare: 0.97 }],
  limit: 'The host limits.',
};
const results: GpuResults = {
  ...{ schema: 'gpu-bench@1', at: '2026-01-01', machine: [], cards: ['A card'], dryRun: false },
  devices: [device],
};

describe('the bench of GPUs', () => {
  it('says that there is none and fails, or names those that work', () => {
    const { status, stderr } = spawnSync(process.execPath, ['dist/bench/gpu/gpu.js', '--probe'], {
      encoding: 'utf8',
    });
    if (/^\S+ +works$/m.test(stderr)) assert.equal(status, 0);
    else {
      assert.equal(status, 3);
      assert.match(stderr, /No GPU was found .* nothing was measured/);
    }
  });

  it('names what limits a run: the device, the host, or neither', () => {
    assert.match(limitOf({ imagesPerSecond: 370, cpuShare: 0.5 }, 380), /^The device limits/);
    assert.match(limitOf({ imagesPerSecond: 190, cpuShare: 0.97 }, 380), /^The host limits/);
    assert.match(limitOf({ imagesPerSecond: 190, cpuShare: 0.3 }, 380), /^Neither/);
  });

  it('passes maps from 0.9999 on, and says in its table where they are below or where no GPU was measured', () => {
    assert.ok(mapsAgree(device));
    const off = { ...device, maps: [{ layer: 'model.15', images: 8, worst: 0.9998 }] };
    assert.ok(!mapsAgree(off));
    assert.match(gpuTable({ ...results, devices: [off] }), /0\.9999 is NOT reached/);
    assert.match(
      gpuTable(results),
      /\| 8 \| 400\.0 \| 380\.0 \| 1\.050 .*165,536 \| 190\.0 \| 97 % \|/,
    );
    assert.match(gpuTable({ ...results, dryRun: true }), /no figure is of a GPU/);
  });
});
