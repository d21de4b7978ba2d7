import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { findProgram } from './find-program.ts';
import { freePort } from './free-port.ts';
import { findRedis, findValkey, type RedisProgram } from './redis-program.ts';

export interface RedisOptions {
  /** Append-only file, written each second; default true, as the documentation asks for. */
  readonly appendOnly?: boolean;
  /** As in redis.conf: `100mb`. */
  readonly maxmemory?: string;
  readonly port?: number;
  /** Where its data lies; default a folder that goes with it. */
  readonly dir?: string;
  /** Further lines of redis.conf, as arguments. */
  readonly settings?: readonly string[];
}

/** A server of the test's own, on 127.0.0.1, that forgets nothing when memory is full (`noeviction`). */
export interface RedisServer {
  readonly url: string;
  readonly port: number;
  /** The process of now: `restart` makes another. */
  readonly process: ChildProcess;
  /** Ends the process and waits until it is gone; the data stays for `restart`. */
  kill(signal: NodeJS.Signals): Promise<void>;
  /** Starts it again on the same port with the same data. */
  restart(): Promise<void>;
  /** Ends the process and deletes what it made. */
  close(): Promise<void>;
}

/** Starts a Redis; resolves when it takes connections. Throws where none can be had: `findRedis` says where it looks. */
export async function startRedis(options: RedisOptions = {}): Promise<RedisServer> {
  return startServer(await findRedis(), options);
}

/** The same with a Valkey; `undefined`, and the reason on stderr, where none can be had. */
export async function startValkey(options: RedisOptions = {}): Promise<RedisServer | undefined> {
  const program = await findValkey();
  return program && startServer(program, options);
}

async function startServer(program: RedisProgram, options: RedisOptions): Promise<RedisServer> {
  const own = options.dir === undefined;
  const dir = options.dir ?? (await mkdtemp(join(tmpdir(), 'eigenfleet-redis-')));
  const start = (port: number) => spawnReady(program, settingsOf({ ...options, dir, port }));
  const removeDir = async (): Promise<void> => {
    if (own) await rm(dir, { recursive: true, force: true });
  };
  let { process, port } = await firstStart(start, options.port).catch(async (error) => {
    await removeDir();
    throw error;
  });
  const kill = async (signal: NodeJS.Signals): Promise<void> => {
    if (process.exitCode !== null || process.signalCode !== null) return;
    const gone = once(process, 'exit');
    process.kill(signal);
    await gone;
  };
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    get process() {
      return process;
    },
    kill,
    restart: async () => {
      await kill('SIGTERM');
      process = await start(port);
    },
    close: async () => {
      await kill('SIGKILL');
      await removeDir();
    },
  };
}

/** Another process may take a free port first: then the next one. */
async function firstStart(
  start: (port: number) => Promise<ChildProcess>,
  wanted: number | undefined,
): Promise<{ process: ChildProcess; port: number }> {
  for (let attempt = 1; ; attempt += 1) {
    const port = wanted ?? (await freePort(clusterBus));
    try {
      return { process: await start(port), port };
    } catch (error) {
      if (wanted !== undefined || attempt === 5 || !/already in use/.test(String(error)))
        throw error;
    }
  }
}

/** How far above its port a node of a cluster talks to the others. */
const clusterBus = 10_000;

function settingsOf({ appendOnly = true, maxmemory, port, dir, settings = [] }: RedisOptions) {
  return [
    ...['--port', `${port}`, '--bind', '127.0.0.1', '--dir', `${dir}`, '--save', ''],
    ...['--appendonly', appendOnly ? 'yes' : 'no', '--maxmemory-policy', 'noeviction'],
    ...(maxmemory === undefined ? [] : ['--maxmemory', maxmemory]),
    ...settings,
  ];
}

/** Resolves when the server says that it takes connections. It dies with this process, however that dies, where the system can do that. */
function spawnReady({ path, env }: RedisProgram, settings: string[]): Promise<ChildProcess> {
  const guard = findProgram(['setpriv']);
  const [file, ...args] =
    guard === undefined
      ? [path, ...settings]
      : [guard, '--pdeathsig', 'KILL', '--', path, ...settings];
  const child = spawn(file, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  const stop = (): void => {
    child.kill('SIGKILL');
  };
  process.once('exit', stop);
  child.once('exit', () => process.off('exit', stop));
  return new Promise((resolve, reject) => {
    const said: string[] = [];
    const onLine = (line: string): void => {
      said.push(line);
      if (/ready to accept connections/i.test(line)) resolve(child);
      if (said.length > 20) said.shift();
    };
    createInterface({ input: child.stdout }).on('line', onLine);
    createInterface({ input: child.stderr }).on('line', onLine);
    child.once('error', reject);
    child.once('close', () => reject(new Error(`${path} ended at once:\n${said.join('\n')}`)));
  });
}
