/**
 * Calls back when the process that started this one by `superviseWorkers` is gone, however it ended; never in a process started
 * otherwise. Does not keep this process alive. Returns a function that ends the watch.
 */
export function whenParentGone(callback: () => void): () => void {
  if (process.channel === undefined) return () => {};
  process.once('disconnect', callback);
  process.channel.unref();
  return () => {
    process.off('disconnect', callback);
  };
}
