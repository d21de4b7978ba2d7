import { createRequire } from 'node:module';
import type * as MlMatrix from 'ml-matrix';

const require = createRequire(import.meta.url);

/** ml-matrix, loaded when it is first needed, which most runs never do; with `require`, which reads one file where an `import` reads 35. */
export function mlMatrix(): typeof MlMatrix {
  return require('ml-matrix');
}
