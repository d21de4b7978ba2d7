const pending = new Set<() => void>();

process.once('exit', () => {
  for (const release of pending) release();
});

/** Calls `release` when this process ends, unless the function that it returns was called before. One listener for all, as Node warns of many. */
export function atExit(release: () => void): () => void {
  pending.add(release);
  return () => void pending.delete(release);
}
