import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCli } from './support/cli-run.ts';
import { makeImageFiles } from './support/image-files.ts';
import { machineLines } from './support/machine.ts';

/*
 * Peak resident memory of the process over runs of growing length, every file distinct: what is in flight is bounded, so it must not grow.
 *
 *   node dist/bench/memory.js
 */
const model320 = 'examples/blood-cells/bccd-yolov8n.onnx';
const model640 = 'bench/models/bccd-yolov8n-640.onnx';
const cases = [
  { name: '2,000 x 640x480, 320 px', model: model320, count: 2000, width: 640, height: 480 },
  { name: '10,000 x 640x480, 320 px', model: model320, count: 10_000, width: 640, height: 480 },
  { name: '500 x 640x480, 640 px', model: model640, count: 500, width: 640, height: 480 },
  { name: '200 x 12 megapixels, 640 px', model: model640, count: 200, width: 4000, height: 3000 },
];

console.log(machineLines().join('\n'));
console.log('\nimages                         peak MB   images/s');
const folder = await mkdtemp(join(tmpdir(), 'eigenfleet-bench-'));
try {
  for (const { name, model, count, width, height } of cases) {
    const source = join(folder, 'images');
    await makeImageFiles({ folder: source, count, width, height });
    const out = join(folder, 'out');
    const args = ['--overlays', 'none', '--device', 'cpu', '--quiet'];
    const { peakBytes, wallMs } = await runCli([
      'run',
      '-m',
      model,
      '-i',
      source,
      '-o',
      out,
      ...args,
    ]);
    const rate = ((count / wallMs) * 1000).toFixed(1);
    console.log(
      `${name.padEnd(30)} ${(peakBytes / 1e6).toFixed(0).padStart(7)} ${rate.padStart(10)}`,
    );
    await rm(source, { recursive: true, force: true });
    await rm(out, { recursive: true, force: true });
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
