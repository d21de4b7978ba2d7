/**
 * Settings of glibc's allocator in a worker; it reads them once, before the program begins, so only the parent process can set them. By default it
 * gives each thread a pool of its own and, from the first large block that was freed on, keeps blocks of up to 32 MB in those pools, where decoded pictures
 * and the model's answers leave holes: a fifth of the worker's memory (docs/performance.md). Other allocators ignore them.
 * https://man7.org/linux/man-pages/man3/mallopt.3.html
 */
export const allocatorEnvironment = {
  MALLOC_ARENA_MAX: '2',
  MALLOC_MMAP_THRESHOLD_: '1048576',
  MALLOC_TRIM_THRESHOLD_: '4194304',
} as const;

/** Returns the environment of a worker that this process starts; existing settings stay. */
export function workerEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { ...allocatorEnvironment, ...environment };
}
