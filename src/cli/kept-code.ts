import { createHash, randomUUID } from 'node:crypto';
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import Module, { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Script } from 'node:vm';
import { defaultCacheFolder } from '../shared/host/environment.ts';
import { restoreEngineFlags } from '../shared/host/threads/engine-flags.ts';

/** Node 22.8 and newer. */
interface WithCompileCache {
  enableCompileCache?(folder: string): unknown;
}

export interface CodeToLoad {
  /** Of a CommonJS file in ASCII, absolute. */
  readonly path: string;
  /** Each command uses other functions, and what it used is kept for it. */
  readonly command: string;
  /** `$XDG_CACHE_HOME/eigenfleet/code` or `~/.cache/eigenfleet/code` when absent. */
  readonly folder?: string;
}

const digestBytes = 32;
/** How often the code was made: the first byte after the digest. */
const timesBytes = 1;
/** Starts whose functions are joined: those of a plan alone are few of those of a whole run. */
const mostTimes = 8;
/** What nobody wrote for so long is of a build that is gone. */
const keptForMs = 30 * 24 * 60 * 60 * 1000;

/**
 * Runs a CommonJS file, which may require and not import, and keeps what V8 compiled of it for the next start: compiling is a quarter of what a short command costs. From 22.8 on Node does so itself; for older
 * ones the code lies in a file for each command. One that is damaged, another user's or that V8 refuses (another Node, other flags), or that cannot be written, costs only the time
 * that it would have saved.
 *
 * @returns What the file exports.
 */
export function loadWithKeptCode(code: CodeToLoad): unknown {
  const { path, command, folder = join(defaultCacheFolder(), 'code') } = code;
  const { enableCompileCache } = Module as WithCompileCache;
  if (enableCompileCache !== undefined) {
    enableCompileCache(folder);
    // Node writes after this.
    process.once('exit', restoreEngineFlags);
    return createRequire(path)(path);
  }
  const kept = join(folder, `${stampOf(path)}-${command}`);
  const { times, code: cachedData } = readKept(kept);
  const script = new Script(Module.wrap(readFileSync(path, 'latin1')), {
    filename: path,
    ...(cachedData === undefined ? {} : { cachedData }),
  });
  const madeTimes = script.cachedDataRejected === true ? 0 : times;
  if (madeTimes < mostTimes) {
    // At the end, since a function is compiled when it is first called.
    process.once('exit', (exitCode) => {
      if (exitCode !== 0) return;
      restoreEngineFlags();
      keep(kept, madeTimes + 1, script.createCachedData());
    });
  }
  const module = { exports: {} };
  const run = script.runInThisContext();
  run(module.exports, createRequire(path), module, path, dirname(path));
  return module.exports;
}

/** Of this very file, for this Node. */
function stampOf(path: string): string {
  const { size, mtimeMs } = statSync(path);
  const facts = [path, size, mtimeMs, process.version, process.arch];
  return createHash('sha256').update(facts.join('\n')).digest('hex').slice(0, 16);
}

interface Kept {
  readonly times: number;
  readonly code: Buffer | undefined;
}

function readKept(path: string): Kept {
  const none = { times: 0, code: undefined };
  try {
    // Code that somebody else could write must not run here.
    if (statSync(path).uid !== process.getuid?.()) return none;
    const bytes = readFileSync(path);
    const content = bytes.subarray(digestBytes);
    if (!digestOf(content).equals(bytes.subarray(0, digestBytes))) return none;
    return { times: content[0] ?? 0, code: content.subarray(timesBytes) };
  } catch {
    return none;
  }
}

/** Appears whole. */
function keep(path: string, times: number, code: Uint8Array): void {
  const folder = dirname(path);
  const temporary = `${path}.${randomUUID()}`;
  try {
    const content = Buffer.concat([Uint8Array.of(times), code]);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(temporary, Buffer.concat([digestOf(content), content]), { mode: 0o600 });
    renameSync(temporary, path);
    removeOld(folder);
  } catch {
    // The next start compiles again. What lies there half-written goes with what is old.
  }
}

function removeOld(folder: string): void {
  for (const name of readdirSync(folder)) {
    const file = join(folder, name);
    if (statSync(file).mtimeMs < Date.now() - keptForMs) rmSync(file, { force: true });
  }
}

/** V8 checks the code's origin, not each of its bytes. */
function digestOf(code: Uint8Array): Buffer {
  return createHash('sha256').update(code).digest();
}
