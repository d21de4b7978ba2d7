// `npm run test:mlflow`: models of the registry of a real MLflow server, installed from PyPI. `-- --python FILE` takes an environment that has it, and `-- --only proxy`,
// `folder` or `users` one of the three servers.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { repositoryRoot } from '../support/cache-folder.ts';
import { installMlflow, startMlflow } from './mlflow-program.ts';

const run = promisify(execFile);
const model = join(repositoryRoot, 'test/fixtures/models/tiny-det.onnx');
const images = join(repositoryRoot, 'examples/blood-cells/images/test');
const eigenfleet = join(repositoryRoot, 'bin/eigenfleet.js');
const credentials = {
  MLFLOW_TRACKING_USERNAME: 'admin',
  MLFLOW_TRACKING_PASSWORD: 'of this test alone',
};

const { values } = parseArgs({ options: { python: { type: 'string' }, only: { type: 'string' } } });
const folder = await mkdtemp(join(tmpdir(), 'eigenfleet-mlflow-'));
const say = (line: string): void => void process.stdout.write(`${line}\n`);
try {
  say('MLflow is installed, which takes minutes');
  const python = values.python ?? (await installMlflow(folder));
  const isMeant = (kind: string) => values.only === undefined || values.only === kind;
  const proxied = ['--artifacts-destination', join(folder, 'artifacts')];
  const root = [
    '--no-serve-artifacts',
    '--default-artifact-root',
    `file://${join(folder, 'root')}`,
  ];
  const guarded = ['--app-name', 'basic-auth', ...proxied];
  if (isMeant('proxy')) await tryServer('with its artifact proxy', python, proxied);
  if (isMeant('folder')) await tryServer('with a folder as artifact root', python, root);
  if (isMeant('users')) await tryServer('with users', python, guarded, credentials);
  say('all as described');
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function tryServer(
  what: string,
  python: string,
  args: readonly string[],
  who: NodeJS.ProcessEnv = {},
): Promise<void> {
  say(`a server ${what}`);
  const home = await mkdtemp(join(folder, 'server-'));
  const secrets = {
    MLFLOW_FLASK_SERVER_SECRET_KEY: 'for this test',
    MLFLOW_AUTH_ADMIN_PASSWORD: credentials.MLFLOW_TRACKING_PASSWORD,
  };
  const server = await startMlflow({
    python,
    folder: home,
    args,
    env: { ...process.env, ...secrets },
  });
  const env = {
    ...process.env,
    XDG_CACHE_HOME: join(home, 'cache'),
    MLFLOW_TRACKING_URI: server.address,
  };
  try {
    await run(python, [join(repositoryRoot, 'test/mlflow/register.py'), model], {
      env: { ...env, ...who },
      maxBuffer: 1e8,
    });
    await tryModels({ ...env, ...who }, join(home, 'results'));
    if (Object.keys(who).length > 0) await tryStranger(env);
  } finally {
    await server.stop();
  }
}

/** Every way of registering gives the very file, so that all make one run. */
async function tryModels(env: NodeJS.ProcessEnv, out: string): Promise<void> {
  await mkdir(out);
  const sha256 = createHash('sha256')
    .update(await readFile(model))
    .digest('hex');
  for (const place of [
    'detector@champion',
    'detector/1',
    'detector/2',
    'detector/3',
    'detector/4',
  ]) {
    const args = ['run', '--model', `mlflow://${place}`, '--images', images, '--limit', '1'];
    const { stdout } = await run(
      process.execPath,
      [eigenfleet, ...args, '--out', out, '--dry-run', '--json', '--no-labels'],
      { env },
    );
    const { model: found } = JSON.parse(stdout);
    assert.equal(found.sha256, sha256, place);
    assert.match(found.uri, /^mlflow:\/\/detector\/[1-4]$/);
    say(`  mlflow://${place} is ${found.uri}, the file that was registered`);
  }
  await refused(env, 'detector@champoin', /did you mean champion\?/);
  await refused(env, 'detector/9', /has no version 9 of detector/);
  await refused(env, 'detecter@champion', /has no model "detecter"/);
}

async function tryStranger(env: NodeJS.ProcessEnv): Promise<void> {
  await refused(env, 'detector@champion', /refuses these credentials \(401/);
  await refused(
    { ...env, MLFLOW_TRACKING_TOKEN: 'not-one-of-them' },
    'detector@champion',
    /refuses these credentials \(401|answers with 500/,
  );
}

async function refused(env: NodeJS.ProcessEnv, place: string, words: RegExp): Promise<void> {
  await assert.rejects(
    run(process.execPath, [eigenfleet, 'layers', `mlflow://${place}`], { env }),
    ({ code, stderr }: { code: number; stderr: string }) => {
      assert.match(stderr, words);
      return code === 3;
    },
  );
  say(`  mlflow://${place} is refused`);
}
