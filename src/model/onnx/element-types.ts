import type { TensorProto_DataType } from 'onnx-buf';

export type ElementType = 'float32' | 'float16' | 'uint8';

/** ONNX's numbers of the element types. The compiler compares them with onnx.proto's, so that who reads an answer need not load the package that writes graphs. */
export const elementTypes = {
  float32: 1 satisfies TensorProto_DataType.FLOAT,
  float16: 10 satisfies TensorProto_DataType.FLOAT16,
  uint8: 2 satisfies TensorProto_DataType.UINT8,
  int32: 6 satisfies TensorProto_DataType.INT32,
  int64: 7 satisfies TensorProto_DataType.INT64,
} as const;
