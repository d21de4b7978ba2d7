import { kernelMemory } from '../../kernels/kernel-memory.ts';
import { kernels } from '../../kernels/kernels.ts';
import type { RgbImage } from '../rgb-image.ts';
import { type PlanarTarget, writePlanes } from './planar-target.ts';

/** Copies interleaved RGB to three planes. */
export function copyPlanar({ data, width, height }: RgbImage, target: PlanarTarget): void {
  writePlanes(target, { width, height }, ({ row, rows, plane, to }) => {
    const from = kernelMemory.put(data.subarray(row * width * 3, (row + rows) * width * 3));
    kernels.splitPlanes(from, to, plane, rows * width);
  });
}
