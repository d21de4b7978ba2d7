import { TensorProto_DataType, type ValueInfoProto } from 'onnx-buf';
import type { Dimension } from './tensor-shape.ts';

export interface TensorInfo {
  readonly name: string;
  /** As ONNX Runtime names them: `float32`, `float16`, `int64`, ... */
  readonly elemType: string;
  /** Empty when unknown. */
  readonly shape: readonly Dimension[];
}

const runtimeNames: ReadonlyMap<number, string> = new Map<number, string>([
  [TensorProto_DataType.FLOAT, 'float32'],
  [TensorProto_DataType.FLOAT16, 'float16'],
]);

/** What a file says of a tensor: of an input, an output, or one in between. */
export function tensorInfo(value: ValueInfoProto): TensorInfo {
  const type = value.type?.value;
  if (type?.case !== 'tensorType') return { name: value.name, elemType: 'undefined', shape: [] };
  const { elemType, shape } = type.value;
  return {
    name: value.name,
    elemType:
      runtimeNames.get(elemType) ?? (TensorProto_DataType[elemType] ?? 'unknown').toLowerCase(),
    shape: (shape?.dim ?? []).map(({ value: size }) =>
      size.case === 'dimValue' && size.value > 0n ? Number(size.value) : 'dynamic',
    ),
  };
}

/** The batch axis may stay open: nothing depends on it. */
export function isStatic({ elemType, shape }: TensorInfo): boolean {
  return elemType !== 'undefined' && shape.length > 0 && !shape.slice(1).includes('dynamic');
}

export function unknownTensor(name: string): TensorInfo {
  return { name, elemType: 'undefined', shape: [] };
}
