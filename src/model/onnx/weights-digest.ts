import { createHash } from 'node:crypto';
import { TensorProto_DataLocation } from 'onnx-buf';
import type { OnnxFile } from './onnx-file.ts';

/** Dimensions of a convolution's kernel. No constant that depends on the size of the input has as many. */
const kernelDimensions = 4;

/**
 * sha256 of a model's weights, whatever else the file says: exports of one training at other sizes, of other days or with other names have the same. Taken
 * over the kernels of its convolutions, sorted. `undefined` for a model without any, and for one whose weights lie in other files.
 */
export function weightsDigest({ graph }: Pick<OnnxFile, 'graph'>): string | undefined {
  const kernels = graph.initializer.filter(({ dims }) => dims.length === kernelDimensions);
  if (kernels.length === 0) return undefined;
  const digests: string[] = [];
  for (const { dims, dataType, dataLocation, rawData, floatData, int32Data } of kernels) {
    if (dataLocation === TensorProto_DataLocation.EXTERNAL) return undefined;
    const hash = createHash('sha256').update(`${dataType} ${dims.join('x')} `);
    const numbers = rawData.length > 0 ? rawData : JSON.stringify([...floatData, ...int32Data]);
    digests.push(hash.update(numbers).digest('hex'));
  }
  return createHash('sha256').update(digests.sort().join()).digest('hex');
}
