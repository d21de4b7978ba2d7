import { createRequire } from 'node:module';
import type * as PiscinaPackage from 'piscina';
import type { Piscina } from 'piscina';

export type PoolOptions = NonNullable<ConstructorParameters<typeof Piscina>[0]>;

/** Opens a pool of threads. Its package is loaded by the first: fourteen files and 25 ms of CPU that a plan and a run of few images can do without. */
export function openThreadPool<Task, Answer>(options: PoolOptions): Piscina<Task, Answer> {
  const { Piscina: Pool }: typeof PiscinaPackage = createRequire(import.meta.url)('piscina');
  return new Pool(options);
}
