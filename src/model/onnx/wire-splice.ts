import { EigenfleetError } from '../../shared/errors.ts';
import { fieldEnd, readVarint } from './onnx-wire.ts';

/** Field numbers of onnx.proto (ONNX 1.20). */
const modelGraph = 7;
const graphInput = 11;
const graphOutput = 12;
const valueInfoName = 1;
const lengthDelimited = 2;

interface Field {
  readonly number: number;
  /** Where the tag begins. */
  readonly start: number;
  /** The payload of a length-delimited field, [contentStart, end); for other wire types `contentStart` is behind the tag. */
  readonly contentStart: number;
  readonly end: number;
}

/**
 * Cuts one graph input and all graph outputs out of an encoded ONNX model, without decoding it: everything else is copied byte for byte, so
 * that a model of hundreds of megabytes takes milliseconds. The tensors that the outputs named stay in the graph and can be used there.
 * Throws `EigenfleetError('model')` for bytes that are no protobuf message.
 */
export function cutGraphEnds(bytes: Uint8Array, inputName: string): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const field of fieldsOf(bytes, 0, bytes.length)) {
    if (field.number !== modelGraph) {
      parts.push(bytes.subarray(field.start, field.end));
      continue;
    }
    const kept = graphParts(bytes, field, inputName);
    parts.push(varint(modelGraph * 8 + lengthDelimited), varint(totalLength(kept)), ...kept);
  }
  return concatenated(parts);
}

/** One array of all parts in turn. */
export function concatenated(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(totalLength(parts));
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}

/** Runs of fields that stay, as views of `bytes`. */
function graphParts(bytes: Uint8Array, graph: Field, inputName: string): Uint8Array[] {
  const parts: Uint8Array[] = [];
  let runStart = graph.contentStart;
  for (const field of fieldsOf(bytes, graph.contentStart, graph.end)) {
    const cut =
      field.number === graphOutput ||
      (field.number === graphInput && nameOf(bytes, field) === inputName);
    if (!cut) continue;
    parts.push(bytes.subarray(runStart, field.start));
    runStart = field.end;
  }
  parts.push(bytes.subarray(runStart, graph.end));
  return parts;
}

function nameOf(bytes: Uint8Array, valueInfo: Field): string {
  for (const field of fieldsOf(bytes, valueInfo.contentStart, valueInfo.end)) {
    if (field.number === valueInfoName) {
      return new TextDecoder().decode(bytes.subarray(field.contentStart, field.end));
    }
  }
  return '';
}

function* fieldsOf(bytes: Uint8Array, start: number, end: number): Generator<Field> {
  let position = start;
  while (position < end) {
    const tag = readVarint(bytes, position);
    const wireType = (tag?.value ?? 0) % 8;
    const stop = tag && fieldEnd(bytes, tag.end, wireType);
    if (tag === undefined || stop === undefined || stop > end) throw damaged(position);
    const content = wireType === lengthDelimited ? readVarint(bytes, tag.end)?.end : tag.end;
    const number = Math.floor(tag.value / 8);
    yield { number, start: position, contentStart: content ?? tag.end, end: stop };
    position = stop;
  }
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  bytes.push(rest);
  return Uint8Array.from(bytes);
}

function totalLength(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, part) => sum + part.length, 0);
}

function damaged(position: number): EigenfleetError {
  return new EigenfleetError(
    'model',
    `The ONNX model is damaged at byte ${position}: copy or download it again.`,
  );
}
