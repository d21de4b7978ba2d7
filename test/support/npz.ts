import { readFileSync } from 'node:fs';
import { unzipSync } from 'fflate';

export interface NpyArray {
  readonly shape: readonly number[];
  readonly data: Float32Array | Float64Array | Uint8Array | Uint16Array;
}

/** Arrays of a numpy .npz by name: float32, float64, uint8 and uint16, in C order. */
export function readNpz(path: string): Map<string, NpyArray> {
  const files = Object.entries(unzipSync(readFileSync(path)));
  return new Map(files.map(([name, bytes]) => [name.replace(/\.npy$/, ''), parseNpy(bytes)]));
}

/** The npy format, version 1: magic, header length at 8, a Python dict, then the numbers. */
function parseNpy(bytes: Uint8Array): NpyArray {
  const headerLength = new DataView(bytes.buffer, bytes.byteOffset).getUint16(8, true);
  const header = new TextDecoder('latin1').decode(bytes.subarray(10, 10 + headerLength));
  const shape = (/'shape': \(([^)]*)\)/.exec(header)?.[1] ?? '').split(',').filter((x) => x.trim());
  const content = bytes.slice(10 + headerLength);
  const type = /'descr': '([^']*)'/.exec(header)?.[1];
  if (type === '<f4') return { shape: shape.map(Number), data: new Float32Array(content.buffer) };
  if (type === '<f8') return { shape: shape.map(Number), data: new Float64Array(content.buffer) };
  if (type === '<u2') return { shape: shape.map(Number), data: new Uint16Array(content.buffer) };
  if (type === '|u1') return { shape: shape.map(Number), data: content };
  throw new Error(`npy of type ${type} is not read here`);
}
