import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { type Device, hasHardwareFor, parseDevice } from '../../src/model/runtime/devices.ts';
import { probeInChild } from '../../src/model/runtime/probe-in-child.ts';
import { loadModel } from '../../src/model/yolo/load-model.ts';
import { availableThreads } from '../../src/shared/host/threads/cpu-quota.ts';
import { makeImageFiles } from '../support/image-files.ts';
import { machineLines } from '../support/machine.ts';
import { type DeviceResults, type GpuResults, gpuTable, mapsAgree } from './gpu-results.ts';
import { measureGraph, measureMaps } from './measure-graph.ts';
import { limitOf, measureRun } from './measure-run.ts';

/*
 * What eigenfleet makes of a GPU: README.md beside this file. Exit codes: 0 measured and right, 1 maps differ from the CPU's, 3 no GPU was found.
 *
 *   bench/gpu/gpu.sh [--model best.onnx] [--device cuda:0] [--batches 1,8,32] [--images 1024] [--rounds 50] [--probe]
 */
const { values: said } = parseArgs({
  options: {
    model: { type: 'string', default: 'test/fixtures/models/tiny-det-dynamic.onnx' },
    device: { type: 'string' },
    batches: { type: 'string', default: '1,4,8,16,32' },
    images: { type: 'string', default: '1024' },
    rounds: { type: 'string', default: '50' },
    json: { type: 'string', default: 'bench/results/gpu.json' },
    probe: { type: 'boolean', default: false },
  },
});
const tried: readonly Device[] = ['cuda:0', 'tensorrt', 'webgpu'];
const parsed = said.device === undefined ? undefined : parseDevice(said.device);
const named = parsed === 'auto' ? undefined : parsed;
const devices = named === 'cpu' ? [named] : await workingOf(named === undefined ? tried : [named]);
if (devices.length === 0) {
  console.error(
    'No GPU was found that ONNX Runtime can use here, so nothing was measured. --device cpu tries the script itself.',
  );
  process.exitCode = 3;
} else if (!said.probe) await measure();

/** Says of each whether it works. */
async function workingOf(wanted: readonly Device[]): Promise<Device[]> {
  const found: Device[] = [];
  for (const device of wanted) {
    // A renderer in software would answer to WebGPU too.
    const probe = hasHardwareFor(device)
      ? await probeInChild(device)
      : { status: 'unavailable', reason: 'this machine shows no GPU', remedy: '' };
    if (probe.status === 'works') found.push(device);
    const words = 'reason' in probe ? `${probe.reason}. ${probe.remedy}` : 'works';
    console.error(`${device.padEnd(9)} ${words}`);
  }
  return found;
}

async function measure(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'eigenfleet-gpu-'));
  try {
    const images = join(folder, 'images');
    await makeImageFiles({ folder: images, count: Number(said.images), width: 640, height: 480 });
    const measured: DeviceResults[] = [];
    for (const device of devices) measured.push(await measureDevice(device, folder, images));
    const results: GpuResults = {
      ...{ schema: 'gpu-bench@1', at: new Date().toISOString().slice(0, 10) },
      ...{ machine: machineLines(), cards: await cardNames(), dryRun: named === 'cpu' },
      devices: measured,
    };
    await mkdir(join(said.json, '..'), { recursive: true });
    await writeFile(said.json, `${JSON.stringify(results, undefined, 2)}\n`);
    console.log(`${results.machine.join('\n')}\n\n${gpuTable(results)}\n\nwritten to ${said.json}`);
    if (!measured.every(mapsAgree)) process.exitCode = 1;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function measureDevice(
  device: Device,
  folder: string,
  images: string,
): Promise<DeviceResults> {
  const loaded = await loadModel(said.model);
  const { batch: own } = loaded.model;
  const batches = own === 'dynamic' ? said.batches.split(',').map(Number) : [own];
  const request = { loaded, device, threads: availableThreads(), rounds: Number(said.rounds) };
  const maps = await measureMaps(request, own === 'dynamic' ? 8 : own);
  const graph = [];
  const runs = [];
  for (const batch of batches) {
    process.stderr.write(`${device}, batch ${batch}\n`);
    graph.push(await measureGraph(request, batch));
    const place = { model: said.model, device, images, count: Number(said.images), folder };
    runs.push(await measureRun(place, batch));
  }
  const best = runs.reduce((a, b) => (b.imagesPerSecond > a.imagesPerSecond ? b : a));
  const alone = graph.find(({ batch }) => batch === best.batch)?.explainedPerSecond ?? Number.NaN;
  const limit = `Best at batch ${best.batch}. ${limitOf(best, alone)}`;
  return { device, model: basename(said.model), maps, graph, runs, limit };
}

/** As NVIDIA's driver names them. */
async function cardNames(): Promise<string[]> {
  const query = ['--query-gpu=name,memory.total,driver_version', '--format=csv,noheader'];
  try {
    const { stdout } = await promisify(execFile)('nvidia-smi', query);
    return stdout.trim().split('\n');
  } catch {
    return [];
  }
}
