import { EigenfleetError } from '../../shared/errors.ts';
import { fieldEnd, readVarint } from './onnx-wire.ts';

/** Field numbers of onnx.proto (ONNX 1.20): `graph` of a model, `node`, `input` and `output` of a graph. */
export const graphFields = { graph: 7, node: 1, input: 11, output: 12 } as const;

export const lengthDelimited = 2;

/** One field of a protobuf message, as places in its bytes. */
export interface Field {
  readonly number: number;
  /** Where the tag begins. */
  readonly start: number;
  /** The payload of a length-delimited field, [contentStart, end); for other wire types `contentStart` is behind the tag. */
  readonly contentStart: number;
  readonly end: number;
}

/** The fields of the message [start, end) in turn. Throws `EigenfleetError('model')` for what is not a message. */
export function* fieldsOf(bytes: Uint8Array, start: number, end: number): Generator<Field> {
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

const decoder = new TextDecoder();

/** A field that holds text. */
export function textOf(bytes: Uint8Array, { contentStart, end }: Field): string {
  return decoder.decode(bytes.subarray(contentStart, end));
}

function damaged(position: number): EigenfleetError {
  return new EigenfleetError(
    'model',
    `The ONNX model is damaged at byte ${position}: copy or download it again.`,
  );
}
