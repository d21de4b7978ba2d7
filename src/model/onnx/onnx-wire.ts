/** What a walk over the outermost protobuf fields of a file found, without decoding them. */
export type ModelWalk =
  | { readonly status: 'whole' }
  /** A field is longer than the rest of the file. */
  | { readonly status: 'cut-short'; readonly announcedBytes: number }
  /** What stands at `position` is not a protobuf field. */
  | { readonly status: 'damaged'; readonly position: number }
  | { readonly status: 'not-onnx' };

const varint = 0;
const fixed64 = 1;
const lengthDelimited = 2;
const fixed32 = 5;

/** Field number to wire type of `onnx.ModelProto` (onnx.proto, ONNX 1.20). */
const modelFields: ReadonlyMap<number, number> = new Map([
  [1, varint], // ir_version
  [2, lengthDelimited], // producer_name
  [3, lengthDelimited], // producer_version
  [4, lengthDelimited], // domain
  [5, varint], // model_version
  [6, lengthDelimited], // doc_string
  [7, lengthDelimited], // graph
  [8, lengthDelimited], // opset_import
  [14, lengthDelimited], // metadata_props
  [20, lengthDelimited], // training_info
  [25, lengthDelimited], // functions
  [26, lengthDelimited], // configuration
]);

/**
 * Walks the outermost fields of an ONNX file from the first to the last byte; microseconds, whatever its size. Tells a file that was
 * cut off (a broken download) from one that never was ONNX, which a decoder reports alike.
 */
export function walkModelFields(bytes: Uint8Array): ModelWalk {
  let position = 0;
  while (position < bytes.length) {
    const tag = readVarint(bytes, position);
    if (tag === undefined) return { status: 'damaged', position };
    if (tag.end > bytes.length) return { status: 'cut-short', announcedBytes: tag.end };
    const wireType = tag.value % 8;
    const field = Math.floor(tag.value / 8);
    const expected = modelFields.get(field);
    if (position === 0 && expected !== wireType) return { status: 'not-onnx' };
    if (field === 0 || (expected ?? wireType) !== wireType) return { status: 'damaged', position };
    const end = fieldEnd(bytes, tag.end, wireType);
    if (end === undefined) return { status: 'damaged', position };
    if (end > bytes.length) return { status: 'cut-short', announcedBytes: end };
    position = end;
  }
  return { status: 'whole' };
}

/** Where the content of a field ends, from the first byte behind its tag; `undefined` for what is not a field. */
export function fieldEnd(bytes: Uint8Array, start: number, wireType: number): number | undefined {
  if (wireType === varint) return readVarint(bytes, start)?.end;
  if (wireType === fixed64) return start + 8;
  if (wireType === fixed32) return start + 4;
  if (wireType !== lengthDelimited) return undefined;
  const length = readVarint(bytes, start);
  return length && length.end + length.value;
}

/**
 * Little-endian base 128. Multiplies instead of shifting: lengths may pass 2^31. An `end` beyond the file means that the file ends
 * inside; `undefined`, more than ten bytes, is not a varint.
 */
export function readVarint(
  bytes: Uint8Array,
  start: number,
): { value: number; end: number } | undefined {
  let value = 0;
  let scale = 1;
  for (let position = start; position < start + 10; position++) {
    const byte = bytes[position];
    if (byte === undefined) return { value, end: position + 1 };
    value += (byte & 0x7f) * scale;
    scale *= 128;
    if (byte < 0x80) return { value, end: position + 1 };
  }
  return undefined;
}
