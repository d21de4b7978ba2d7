import { diskWatch } from './disk-watch.ts';

/** Sets something outside of the process right: a terminal, a file. Synchronous, and done once. */
type Cleanup = () => void;
/** Resolves when nothing native runs in a thread any more, and keeps new work from starting. */
type Rest = () => Promise<void>;

const cleanups = new Set<Cleanup>();
const rests = new Set<Rest>();
/** A model call takes less than this on every device worth the name; what takes longer hangs. */
const restMs = 3_000;
/** A disk that has not answered for so long is not waited for. */
const mostDiskWaitMs = 1_000;

/** Has `cleanup` called before the process ends early, and gives back what takes it off the list. A process that is killed calls nobody. */
export function beforeProcessEnds(cleanup: Cleanup): () => void {
  if (!hearing) process.once('exit', cleanUp);
  hearing = true;
  cleanups.add(cleanup);
  return () => void cleanups.delete(cleanup);
}

/** Has whoever ends the process wait for `rest`: a thread that is ended within ONNX Runtime takes the process with it (Napi::Error, code 134). */
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

/** By the signal of Ctrl-C, which shells report as 130. */
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
