import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort } from '../support/free-port.ts';

const run = promisify(execFile);

/** What the answers in `test/support/mlflow-answers.ts` were taken from. */
const packages = ['mlflow[auth]==3.17.2', 'onnx==1.20.0', 'onnxruntime==1.30.0'];

/** Installs MLflow below a folder; returns the Python that has it. */
export async function installMlflow(folder: string): Promise<string> {
  await run('python3', ['-m', 'venv', join(folder, 'venv')]);
  const python = join(folder, 'venv/bin/python');
  await run(python, [
    '-m',
    'pip',
    'install',
    '--quiet',
    '--disable-pip-version-check',
    ...packages,
  ]);
  return python;
}

export interface RunningMlflow {
  readonly address: string;
  stop(): Promise<void>;
}

export interface MlflowLaunch {
  readonly python: string;
  /** An empty one, of this server alone. */
  readonly folder: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

/** A server of its own, and it answers. */
export async function startMlflow({
  python,
  folder,
  args,
  env,
}: MlflowLaunch): Promise<RunningMlflow> {
  const port = await freePort();
  const server = spawn(
    python,
    [
      ...[
        '-m',
        'mlflow',
        'server',
        '--host',
        '127.0.0.1',
        '--port',
        String(port),
        '--workers',
        '1',
      ],
      ...['--backend-store-uri', `sqlite:///${join(folder, 'mlflow.db')}`, ...args],
    ],
    // A group of its own: workers of the server outlive it otherwise.
    {
      cwd: folder,
      env: { ...env, MLFLOW_DISABLE_TELEMETRY: 'true' },
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  let said = '';
  server.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-2000);
  });
  const ended = once(server, 'exit');
  const stop = async () => {
    kill(server);
    await ended;
  };
  const address = `http://127.0.0.1:${port}`;
  for (let attempt = 0; attempt < 600; attempt++) {
    if (server.exitCode !== null)
      throw new Error(`mlflow server ended with ${server.exitCode}: ${said}`);
    const answer = await fetch(`${address}/health`).catch(() => undefined);
    if (answer?.ok) return { address, stop };
    await pause(500);
  }
  await stop();
  throw new Error('mlflow server did not answer in five minutes');
}

function kill({ pid, exitCode }: ChildProcess): void {
  if (pid === undefined || exitCode !== null) return;
  process.kill(-pid, 'SIGKILL');
}
