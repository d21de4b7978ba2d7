import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { EigenfleetError, messageOf } from '../../shared/errors.ts';
import { GraphBuilder } from '../onnx/graph-builder.ts';
import type { ExecutionProviderConfig, InferenceSession } from './onnxruntime.ts';
import { onePhrase, runtimeReason } from './runtime-reason.ts';

/** Where a model runs. `cuda:n` is the nth CUDA GPU, from 0. */
export type Device = 'cpu' | `cuda:${number}` | 'tensorrt' | 'webgpu' | 'coreml' | 'dml';

export type DeviceProbe =
  /** `ms`: of one run of a tiny graph, the first run left out. */
  | { readonly status: 'works'; readonly device: Device; readonly ms: number }
  /** `reason`: ONNX Runtime's words, on one line. `remedy`: what to do, one sentence. */
  | {
      readonly status: 'unavailable';
      readonly device: Device;
      readonly reason: string;
      readonly remedy: string;
    };

export interface DeviceChoice {
  readonly device: Device;
  /** The devices tried before, in order. Empty when the user named the device. */
  readonly probes: readonly DeviceProbe[];
  /** For people: which device, and why. */
  readonly sentence: string;
}

const accepted = 'auto, cpu, cuda, cuda:1, tensorrt, webgpu, coreml, dml';

/** Reads `--device`. Throws `EigenfleetError('usage')` for anything that is not a device. */
export function parseDevice(text: string): Device | 'auto' {
  const value = text.trim().toLowerCase();
  if (value === 'auto' || value === 'cpu' || value === 'tensorrt') return value;
  if (value === 'webgpu' || value === 'coreml' || value === 'dml') return value;
  const cuda = /^cuda(?::(\d{1,3}))?$/.exec(value);
  if (cuda !== null) return `cuda:${Number(cuda[1] ?? 0)}`;
  throw new EigenfleetError('usage', `--device "${text}" is not a device: use one of ${accepted}.`);
}

/** The execution providers of ONNX Runtime that `device` stands for; what these cannot compute runs on the CPU. */
export function executionProvidersOf(device: Device): ExecutionProviderConfig[] {
  if (device.startsWith('cuda:')) {
    return [{ name: 'cuda', deviceId: Number(device.slice('cuda:'.length)) }];
  }
  return device === 'tensorrt' ? ['tensorrt', 'cuda'] : [device];
}

/** Returns one sentence for people whose `device` is missing. */
export function unavailableSentence(device: Device, reason: string): string {
  return `The device ${device} cannot be used here (${runtimeReason(reason)}): ${remedyFor(device)}`;
}

/**
 * Returns what `device` lacks on the disk, as a phrase; `undefined` when nothing is visibly missing. Checked before ONNX Runtime, which
 * would print confusing lines of its own.
 */
export function missingLibrary(device: Device): string | undefined {
  const needsCuda = device === 'tensorrt' || device.startsWith('cuda:');
  if (!needsCuda || process.platform !== 'linux') return undefined;
  const path = runtimeFile(`bin/napi-v6/linux/${process.arch}/libonnxruntime_providers_cuda.so`);
  return existsSync(path) ? undefined : 'the CUDA libraries of ONNX Runtime are not installed';
}

/** Builds a tiny graph, runs it on the device and checks the result. Never throws: a missing device is a result. */
export async function probeDevice(device: Device): Promise<DeviceProbe> {
  const missing = missingLibrary(device);
  if (missing !== undefined) return unavailable(device, missing);
  try {
    // A plan names a device and loads no runtime.
    const { InferenceSession } = await import('./onnxruntime.ts');
    const session = await InferenceSession.create(probeGraph(), {
      executionProviders: executionProvidersOf(device),
      logSeverityLevel: 4,
    });
    try {
      await runProbe(session);
      const start = performance.now();
      await runProbe(session);
      return { status: 'works', device, ms: performance.now() - start };
    } finally {
      await session.release();
    }
  } catch (error) {
    return unavailable(device, onePhrase(messageOf(error)));
  }
}

function unavailable(device: Device, reason: string): DeviceProbe {
  return { status: 'unavailable', device, reason, remedy: remedyFor(device) };
}

/** Best first: what `auto` tries on this platform. TensorRT is left out: it builds an engine for minutes, so it must be requested. */
export function candidateDevices(platform: NodeJS.Platform): readonly Device[] {
  if (platform === 'darwin') return ['coreml', 'webgpu', 'cpu'];
  if (platform === 'win32') return ['dml', 'webgpu', 'cpu'];
  return ['cuda:0', 'webgpu', 'cpu'];
}

/**
 * Settles `--device`: `auto` takes the first device that works and says so; a named device is used or refused, never replaced.
 * Throws `EigenfleetError('device')` when the named device does not work.
 */
export async function chooseDevice(wanted: Device | 'auto'): Promise<DeviceChoice> {
  if (wanted !== 'auto') {
    const probe = await probeDevice(wanted);
    if (probe.status === 'works') {
      return { device: wanted, probes: [], sentence: `Runs on ${wanted}, as requested.` };
    }
    throw new EigenfleetError('device', unavailableSentence(wanted, probe.reason));
  }
  const probes: DeviceProbe[] = [];
  for (const device of candidateDevices(process.platform)) {
    const probe = hasHardwareFor(device)
      ? await probeDevice(device)
      : unavailable(device, 'this machine shows no GPU');
    probes.push(probe);
    if (probe.status === 'works') return { device, probes, sentence: autoSentence(probes) };
  }
  throw new EigenfleetError(
    'device',
    'ONNX Runtime runs on no device of this machine, not even the CPU: reinstall the dependencies with "npm ci".',
  );
}

/** On Linux a GPU is a device file (DRM, WSL, NVIDIA). Keeps `auto` from a software renderer, which is far slower than the CPU provider. */
export function hasHardwareFor(device: Device): boolean {
  if (device === 'cpu' || process.platform !== 'linux') return true;
  return ['/dev/dri', '/dev/dxg', '/dev/nvidiactl'].some((path) => existsSync(path));
}

function autoSentence(probes: readonly DeviceProbe[]): string {
  const missing = probes.filter((probe) => probe.status === 'unavailable');
  const taken = probes.at(-1)?.device ?? 'cpu';
  if (missing.length === 0) return `Runs on ${taken}, the best device here.`;
  const names = missing.map((probe) => probe.device).join(' and ');
  return `Runs on ${taken}: ${names} ${missing.length === 1 ? 'is' : 'are'} not available here.`;
}

/** sum over k of a[i, k] a[j, k] for a = [[1, 2], [3, 4]], in operators that the Eigen-CAM graph uses. */
function probeGraph(): Uint8Array {
  const graph = new GraphBuilder(17, 'probe');
  const bytes = graph.input('a', 'uint8', [1, 2, 2]);
  const scaled = graph.op('DequantizeLinear', [bytes, graph.scalar(1), graph.byteScalar(0)]);
  graph.output(graph.op('MatMul', [scaled, graph.transposed(scaled)], {}, 'product'));
  return graph.encode('standalone');
}

async function runProbe(session: InferenceSession): Promise<void> {
  const { Tensor } = await import('./onnxruntime.ts');
  const name = session.inputNames[0] ?? '';
  const answer = await session.run({
    [name]: new Tensor('uint8', Uint8Array.of(1, 2, 3, 4), [1, 2, 2]),
  });
  const data = answer.product?.data;
  const right = data instanceof Float32Array && [5, 11, 11, 25].every((x, i) => data[i] === x);
  if (!right) throw new Error('it computes a wrong matrix product');
}

function remedyFor(device: Device): string {
  if (device === 'webgpu') {
    return 'install a Vulkan driver for the GPU (or Direct3D 12, Metal), or use --device cpu.';
  }
  if (device === 'coreml') return 'Core ML exists only on macOS; use --device cpu.';
  if (device === 'dml') return 'DirectML exists only on Windows; use --device cpu.';
  if (device === 'cpu') return 'reinstall the dependencies with "npm ci".';
  const script = runtimeFile('script/install.js');
  return `on Linux x64 with CUDA 12 run "ONNXRUNTIME_NODE_INSTALL=cuda12 node ${script}", or use --device cpu.`;
}

/** A file of ONNX Runtime's package, wherever that lies. */
function runtimeFile(path: string): string {
  return join(dirname(createRequire(import.meta.url).resolve('onnxruntime-node')), '..', path);
}
