import { diskWatch } from './disk-watch.ts';

/** Restores something outside of the process: a terminal, a file. Synchronous; runs once. */
type Cleanup = () => void;
/** Resolves when nothing native runs in a thread any more, and keeps new work from starting. */
type Rest = () => Promise<void>;

const cleanups = new Set<Cleanup>();
const rests = new Set<Rest>();
/** A model call takes less than this on every real device; a longer one hangs. */
const restMs = 3_000;
/** The process stops waiting for a disk that has not answered for this long. */
const mostDiskWaitMs = 1_000;

/** Calls `cleanup` before the process ends early. Returns a function that unregisters it. A killed process calls nothing. */
export function beforeProcessEnds(cleanup: Cleanup): () => void {
  if (!hearing) process.once('exit', cleanUp);
  hearing = true;
  cleanups.add(cleanup);
  return () => void cleanups.delete(cleanup);
}

/** Makes an early end of the process wait for `rest`: terminating a thread inside ONNX Runtime aborts the process (Napi::Error, code 134). */
export function restBeforeProcessEnds(rest: Rest): () => void {
  rests.add(rest);
  return () => void rests.delete(rest);
}

/**
 * Ends the process as soon as its threads can be ended, with `code`; one that hangs is killed, and a second call does not wait either. From now on
 * another signal ends it too, even while it is ending.
 */
export function endProcess(code: number): void {
  cleanUp();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.removeAllListeners(signal);
  if (ending) kill();
  ending = true;
  setTimeout(kill, restMs);
  void Promise.all([...rests].map((rest) => rest())).then(() => exit(code));
}

let hearing = false;
let ending = false;

/** `process.exit` waits for the threads that read and write files, which a network mount that hangs may hold up for good. */
function exit(code: number): void {
  if (diskWatch.owedMs > mostDiskWaitMs) kill();
  process.exit(code);
}

/** Ends by SIGINT, which shells report as 130. */
function kill(): void {
  process.removeAllListeners('SIGINT');
  process.kill(process.pid, 'SIGINT');
}

function cleanUp(): void {
  for (const cleanup of cleanups) {
    cleanups.delete(cleanup);
    cleanup();
  }
}
