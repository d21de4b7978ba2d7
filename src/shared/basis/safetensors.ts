/**
 * Named arrays in one file, in the safetensors format: the length of a JSON header as 8 bytes, the header, the values in little-endian order.
 * Python reads it with `safetensors.numpy.load_file`. Format: https://huggingface.co/docs/safetensors
 */
export interface NamedArrays {
  readonly arrays: ReadonlyMap<string, ShapedArray>;
  /** Texts about the arrays. */
  readonly metadata: Readonly<Record<string, string>>;
}

export interface ShapedArray {
  readonly shape: readonly number[];
  /** C order: the last axis runs fastest. */
  readonly values: Float32Array | Float64Array;
}

const lengthBytes = 8;
const alignment = 8;
const mostHeaderBytes = 100_000_000;

const kinds = {
  F32: { bytes: 4, of: (buffer: ArrayBuffer) => new Float32Array(buffer) },
  F64: { bytes: 8, of: (buffer: ArrayBuffer) => new Float64Array(buffer) },
} as const;

/** Throws `RangeError` for an array whose values are not as many as its shape says. */
export function encodeSafetensors({ arrays, metadata }: NamedArrays): Uint8Array {
  // Eight-byte values first, so that every array starts at a multiple of its own size.
  const ordered = [...arrays].sort(([, a], [, b]) => itemBytes(b) - itemBytes(a));
  const header: Record<string, unknown> = { __metadata__: metadata };
  let size = 0;
  for (const [name, array] of ordered) {
    const { shape, values } = array;
    if (values.length !== countOf(shape)) {
      throw new RangeError(`${name} has ${values.length} values for the shape [${shape}]`);
    }
    const end = size + values.byteLength;
    const dtype = values instanceof Float64Array ? 'F64' : 'F32';
    header[name] = { dtype, shape, data_offsets: [size, end] };
    size = end;
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const headerBytes = Math.ceil(text.length / alignment) * alignment;
  const bytes = new Uint8Array(lengthBytes + headerBytes + size);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerBytes), true);
  bytes.fill(0x20, lengthBytes, lengthBytes + headerBytes).set(text, lengthBytes);
  let at = lengthBytes + headerBytes;
  for (const [, { values }] of ordered) {
    bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), at);
    at += values.byteLength;
  }
  return bytes;
}

/** Reads float32 and float64 arrays. Throws `RangeError`, with a phrase, for a file of another format, of other types, or one that is cut short. */
export function decodeSafetensors(bytes: Uint8Array): NamedArrays {
  const { header, start } = headerOf(bytes);
  const { __metadata__: metadata = {}, ...entries } = header;
  const arrays = Object.entries(entries).map(
    ([name, entry]) => [name, arrayOf(name, entry, bytes.subarray(start))] as const,
  );
  return { arrays: new Map(arrays), metadata: textsOf(metadata) };
}

function headerOf(bytes: Uint8Array): { header: Record<string, unknown>; start: number } {
  if (bytes.length < lengthBytes) throw new RangeError('it is cut short');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = Number(view.getBigUint64(0, true));
  if (length > mostHeaderBytes || bytes[lengthBytes] !== 0x7b) {
    throw new RangeError('it is not in the safetensors format');
  }
  const start = lengthBytes + length;
  if (bytes.length < start) throw new RangeError('it is cut short');
  const text = new TextDecoder().decode(bytes.subarray(lengthBytes, start));
  try {
    return { header: JSON.parse(text), start };
  } catch (cause) {
    throw new RangeError('its header is damaged', { cause });
  }
}

function arrayOf(name: string, entry: unknown, data: Uint8Array): ShapedArray {
  const { dtype, shape, data_offsets: offsets } = (entry ?? {}) as Record<string, unknown>;
  const kind = dtype === 'F32' || dtype === 'F64' ? kinds[dtype] : undefined;
  if (kind === undefined || !isCounts(shape) || !isCounts(offsets)) {
    throw new RangeError(`its array ${name} is of a type that is not read here`);
  }
  const [begin = 0, end = 0] = offsets;
  if (end - begin !== countOf(shape) * kind.bytes) {
    throw new RangeError(`its array ${name} has another size than its shape`);
  }
  if (end > data.length) throw new RangeError('it is cut short');
  // A copy, since a view must start at a multiple of the size of its items.
  return { shape, values: kind.of(Uint8Array.from(data.subarray(begin, end)).buffer) };
}

function textsOf(metadata: unknown): Record<string, string> {
  const entries = Object.entries(metadata ?? {}).filter(([, text]) => typeof text === 'string');
  return Object.fromEntries(entries) as Record<string, string>;
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((one) => Number.isSafeInteger(one) && one >= 0);
}

function countOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

function itemBytes({ values }: ShapedArray): number {
  return values.BYTES_PER_ELEMENT;
}
