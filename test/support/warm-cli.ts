import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { Socket } from 'node:net';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import type { CliOptions, CliResult } from './cli.ts';
import { testFlags } from './test-flags.ts';

/** What a warm process is asked to run. */
export interface WarmCall {
  readonly args: readonly string[];
  readonly cwd: string;
  /** Of `readAtEachCall`; `null` takes a variable away. */
  readonly env: Readonly<Record<string, string | null>>;
  /** Ends the output of the call on either stream. */
  readonly mark: string;
}

/** What it says when Node would end. */
export interface WarmEnd {
  readonly code: number;
}

interface Call {
  readonly mark: string;
  readonly output: { stdout: string; stderr: string };
  end: WarmEnd | undefined;
  resolve(result: CliResult): void;
  reject(error: Error): void;
}

/** Variables that commands read anew each time, and nothing when it is loaded: a process that had others serves as well. */
const readAtEachCall = [
  ...['REDIS_URL', 'XDG_CACHE_HOME', 'GITHUB_STEP_SUMMARY'],
  ...['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_ENDPOINT_URL_S3'],
  ...['AWS_EC2_METADATA_DISABLED'],
];

const idle: WarmProcess[] = [];
/** More would only take memory. */
const mostIdle = 2;

/**
 * Runs the built command line to its end in a process that has run it before in an environment that was the same when it began, if one is idle: the same program with
 * its own arguments and output, without the half second that its modules take to load. The processes end with this one.
 */
export async function runWarm(args: readonly string[], options: CliOptions): Promise<CliResult> {
  const env = { ...process.env, ...options.env };
  const warm = takeIdle(env) ?? new WarmProcess(env);
  let ended = false;
  after(() => ended || warm.kill());
  const cwd = options.cwd ?? process.cwd();
  const result = await warm.run({ args, cwd, env: ofCall(env), mark: randomUUID() });
  ended = true;
  if (warm.isAlive) idle.push(warm);
  if (idle.length > mostIdle) idle.shift()?.kill();
  return result;
}

function takeIdle(env: NodeJS.ProcessEnv): WarmProcess | undefined {
  const lasting = lastingOf(env);
  const index = idle.findIndex((warm) => isDeepStrictEqual(warm.lasting, lasting));
  return index < 0 ? undefined : idle.splice(index, 1)[0];
}

function ofCall(env: NodeJS.ProcessEnv): Record<string, string | null> {
  return Object.fromEntries(readAtEachCall.map((name) => [name, env[name] ?? null]));
}

/** What a process cannot change later: libraries may have read it. */
function lastingOf(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const said = Object.entries(env).filter(
    ([name, value]) => value !== undefined && !readAtEachCall.includes(name),
  );
  return Object.fromEntries(said);
}

class WarmProcess {
  readonly lasting: NodeJS.ProcessEnv;
  readonly #child: ChildProcess;
  #call: Call | undefined;

  constructor(env: NodeJS.ProcessEnv) {
    this.lasting = lastingOf(env);
    this.#child = fork(fileURLToPath(new URL('./warm-process.js', import.meta.url)), {
      env,
      execArgv: [...testFlags],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    for (const name of ['stdout', 'stderr'] as const) {
      this.#child[name]?.setEncoding('utf8').on('data', (text: string) => {
        if (this.#call) this.#call.output[name] += text;
        this.#look();
      });
    }
    this.#child.on('message', (end: WarmEnd) => {
      if (this.#call) this.#call.end = end;
      this.#look();
    });
    this.#child.on('error', (error) => this.#call?.reject(error));
    this.#child.on('close', (code, signal) => {
      this.#call?.resolve({ code, signal, ...this.#call.output });
    });
  }

  get isAlive(): boolean {
    return this.#child.connected;
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  /** One call at a time. */
  async run(call: WarmCall): Promise<CliResult> {
    this.#keepAlive('ref');
    const result = await new Promise<CliResult>((resolve, reject) => {
      const output = { stdout: '', stderr: '' };
      this.#call = { mark: call.mark, output, end: undefined, resolve, reject };
      this.#child.send(call);
    });
    this.#call = undefined;
    this.#keepAlive('unref');
    return result;
  }

  /** Whether the process of the test waits for this one. */
  #keepAlive(word: 'ref' | 'unref'): void {
    const { stdout, stderr, channel } = this.#child;
    this.#child[word]();
    channel?.[word]();
    for (const stream of [stdout, stderr]) if (stream instanceof Socket) stream[word]();
  }

  /** The call has ended when its end was told and all that it printed is here. */
  #look(): void {
    const { mark, output, end, resolve } = this.#call ?? {};
    if (!mark || !output?.stdout.endsWith(mark) || !output.stderr.endsWith(mark)) return;
    if (end === undefined) return;
    const [stdout, stderr] = [output.stdout, output.stderr].map((text) =>
      text.slice(0, -mark.length),
    );
    resolve?.({ code: end.code, signal: null, stdout: stdout ?? '', stderr: stderr ?? '' });
  }
}
