import { createRequire } from 'node:module';
import type * as MlMatrix from 'ml-matrix';

/** ml-matrix, loaded with `require`: that is one file, where an `import` reads 35 in every pixel thread. */
const matrix: typeof MlMatrix = createRequire(import.meta.url)('ml-matrix');

export const { EigenvalueDecomposition, Matrix, SingularValueDecomposition } = matrix;
export type Matrix = MlMatrix.Matrix;
