import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { decodeNpy } from '../../src/shared/results/npy.ts';
import { decodeRows } from '../../src/shared/results/sample-row-parquet.ts';
import type { SampleRow } from '../../src/shared/run/sample-row.ts';
import { repositoryRoot } from '../support/cache-folder.ts';
import { runCli } from '../support/cli.ts';
import { softwareVulkan } from '../support/software-vulkan.ts';
import { tempDir } from '../support/temp-dir.ts';

interface StoredImage {
  readonly row: SampleRow;
  /** By layer, component after component: float16, divided by the greatest magnitude. */
  readonly maps: ReadonlyMap<string, Float32Array>;
}

/** One image of blood cells with three components, as `run` stores it. */
async function runOn(
  device: string,
  env: Readonly<Record<string, string>> = {},
): Promise<StoredImage> {
  const out = tempDir();
  const model = join(repositoryRoot, 'test/fixtures/models/tiny-det-dynamic.onnx');
  const image = join(repositoryRoot, 'examples/blood-cells/images/test/BloodImage_00007.jpg');
  const places = ['-m', model, '-i', image, '-o', out];
  const options = [
    '--imgsz',
    '128',
    '--components',
    '1,2,3',
    '--conf',
    '0.01',
    '--overlays',
    'none',
    '--json',
  ];
  const args = ['run', ...places, ...options, '--device', device];
  const { code, stdout, stderr } = await runCli(args, { env });
  assert.equal(code, 0, stderr);
  assert.match(stderr, new RegExp(`^Runs on ${device}, as requested`, 'm'));
  const folder = join(out, JSON.parse(stdout).runId);
  const [row, ...more] = await decodeRows(await readFile(join(folder, 'shards/0000000.parquet')));
  assert.ok(row && more.length === 0);
  const maps = new Map<string, Float32Array>();
  const folders = await readdir(join(folder, 'maps'));
  // Of class evidence and of boxes there are archives.
  for (const layer of folders.filter((name) => name !== 'evidence' && name !== 'boxes')) {
    const [file = ''] = await readdir(join(folder, 'maps', layer));
    maps.set(layer, decodeNpy(await readFile(join(folder, 'maps', layer, file))).values);
  }
  return { row, maps };
}

/** What lies between a float16 number and the next one. */
function float16Step(value: number): number {
  return 2 ** (Math.floor(Math.log2(Math.max(Math.abs(value), 2 ** -14))) - 10);
}

describe('a run on a GPU provider (WebGPU over software Vulkan)', async () => {
  const env = await softwareVulkan();

  it('stores the boxes, maps and measures of a run on the CPU', {
    skip: env === undefined && 'no software Vulkan',
  }, async () => {
    const [cpu, gpu] = [await runOn('cpu'), await runOn('webgpu', env)];
    assert.ok(cpu.row.detections.length > 50);
    assert.equal(gpu.row.detections.length, cpu.row.detections.length);
    cpu.row.detections.forEach(({ classId, score, box }, at) => {
      const other = gpu.row.detections[at];
      assert.equal(other?.classId, classId);
      const sides = box.map((side, index) => Math.abs(side - (other?.box[index] ?? 9e9)));
      assert.ok(Math.max(...sides) < 1e-2, `box ${at} is ${sides} px away`);
      assert.ok(Math.abs(score - (other?.score ?? 9)) < 1e-4, `score ${at}`);
    });

    assert.deepEqual([...gpu.maps.keys()], ['model.15', 'model.18', 'model.21']);
    for (const [layer, map] of cpu.maps) {
      const other = gpu.maps.get(layer);
      assert.equal(other?.length, map.length);
      map.forEach((value, cell) => {
        const away = Math.abs(value - (other?.[cell] ?? 9));
        // Two numbers so close may be rounded to neighbors.
        assert.ok(away < 1e-4 + float16Step(value), `${layer}, cell ${cell}: ${away} away`);
      });
    }

    // Taken from the maps before they are rounded.
    assert.deepEqual(Object.keys(gpu.row.measures), Object.keys(cpu.row.measures));
    for (const [name, value] of Object.entries(cpu.row.measures)) {
      const away = Math.abs(value - (gpu.row.measures[name] ?? 9e9)) / Math.max(1, Math.abs(value));
      const most = name.startsWith('explainedVariance') ? 1e-5 : 1e-4;
      assert.ok(away < most, `${name}: ${value} and ${gpu.row.measures[name]}`);
    }
    for (const [layer, scales] of Object.entries(cpu.row.mapScale)) {
      scales.forEach((scale, index) => {
        const away = Math.abs(scale - (gpu.row.mapScale[layer]?.[index] ?? 9e9)) / scale;
        assert.ok(away < 1e-4, `${layer}, component ${index + 1}: ${away} of its scale away`);
      });
    }
  });
});
