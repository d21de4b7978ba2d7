import assert from 'node:assert/strict';
import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { Redis } from 'ioredis';
import { runCli, startCli } from '../support/cli.ts';
import { bloodCells, onlyRun, quickModel } from '../support/fleet.ts';
import { startRedis } from '../support/redis-server.ts';
import { tempDir } from '../support/temp-dir.ts';
import { warmCache } from '../support/warm-cache.ts';

/** Part of every secret that is planted here, encoded or not. */
const mark = /S3CR3T/;
const password = 'p@ss/w"0rd-S3CR3T';

const redis = await startRedis({
  settings: ['--user', 'default', 'on', `>${password}`, '~*', '&*', '+@all'],
});
after(redis.close);
const redisUrl = redis.url.replace('//', `//default:${encodeURIComponent(password)}@`);

const env = {
  REDIS_URL: redisUrl,
  AWS_ACCESS_KEY_ID: 'AKIAS3CR3T',
  AWS_SECRET_ACCESS_KEY: 'wJalr/S3CR3T+key',
  AWS_SESSION_TOKEN: 'session-S3CR3T-token',
  LOG_LEVEL: 'debug',
  ...warmCache(),
};

/** Everything below a folder, as one text. */
async function contentOf(folder: string): Promise<string> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = names.filter((entry) => entry.isFile());
  const texts = files.map(({ parentPath, name }) => readFile(join(parentPath, name), 'latin1'));
  return (await Promise.all(texts)).join('\n');
}

/** Every key of Redis with what it holds, as one text. */
async function contentOfRedis(client: Redis): Promise<string> {
  const keys = await client.keys('*');
  const values = await Promise.all(keys.map((key) => client.dumpBuffer(key)));
  const hashes = await Promise.all(
    keys.map(async (key) => ((await client.type(key)) === 'hash' ? client.hgetall(key) : {})),
  );
  return [...keys, ...values.map(String), JSON.stringify(hashes)].join('\n');
}

describe('a secret', () => {
  it('of the command line, the environment or Redis stays where it was given: a fleet writes it nowhere', async () => {
    const folder = tempDir();
    const [images, out] = [join(folder, 'images'), join(folder, 'out')];
    await mkdir(images);
    const [first = ''] = (await readdir(bloodCells)).sort();
    await copyFile(join(bloodCells, first), join(images, 'a@2x.jpg'));
    const fleet = ['--http-port', '0', '--redis', redisUrl];
    const worker = startCli(['worker', '--device', 'cpu', '--threads', '1', ...fleet], { env });
    const coordinator = startCli(['coordinator', '--sweep-seconds', '1', ...fleet], { env });
    const enqueued = await runCli(
      ['enqueue', ...quickModel, '-i', images, '-o', out, `--redis=${redisUrl}`, '--wait'],
      { env },
    );
    assert.equal(enqueued.code, 0, enqueued.stderr);
    const dashboard = startCli(['dashboard', '-o', out, '--port', '0', '--redis', redisUrl], {
      env,
    });
    const page = await dashboard.line(/^http/);
    const pages = [page, `${page}/queues/api/queues`];
    for (const one of [worker, coordinator]) {
      const { url } = JSON.parse(await one.line(/"url":"http/)) as { url: string };
      pages.push(`${url}/metrics`, `${url}/readyz`, `${url}/healthz`);
    }
    const served = await Promise.all(pages.map(async (url) => (await fetch(url)).text()));
    const { runId } = await onlyRun(out);
    const status = await runCli(['status', '-o', out, '--redis', redisUrl], { env });
    const client = new Redis(redisUrl);
    const stored = [await contentOf(folder), await contentOfRedis(client)];
    client.disconnect();
    for (const one of [worker, coordinator, dashboard]) one.kill('SIGTERM');
    const ended = await Promise.all([worker, coordinator, dashboard].map(({ result }) => result));
    const printed = [enqueued, status, ...ended].map(({ stdout, stderr }) => stdout + stderr);
    for (const text of [...served, ...stored, ...printed]) assert.doesNotMatch(text, mark);
    const spec = JSON.parse(await readFile(join(out, runId, 'run.json'), 'utf8'));
    assert.match(spec.command, /'--redis=redis:\/\/\*\*\*@127\.0\.0\.1:\d+'/);
    assert.match(await readFile(join(out, runId, 'report.html'), 'utf8'), /redis:\/\/\*\*\*@/);
  });

  it('in a value that is refused is not repeated', async () => {
    const config = join(tempDir(), 'run.yaml');
    await writeFile(config, 's3Endpoint: http://u:S3CR3T@host\n');
    const refused: readonly (readonly string[])[] = [
      ['run', '--s3-endpoint', 'http://u:S3CR3T@host', '-m', 'm.onnx', '-i', 'x'],
      ['enqueue', '--s3-endpoint=u:S3CR3T@host', '-m', 'm.onnx', '-i', 'x'],
      ['worker', '--s3-endpoint', 'http://u:S3CR3T@host'],
      ['coordinator', '--s3-endpoint', 'http://S3CR3T@host'],
      ['status', '--redis', 'redis://u:1/S3CR3T@host'],
      ['status', '--redis', 'redis://:S3CR3T'],
      ['status', '--redis', 'http://u:S3CR3T@host'],
      ['watch', '--redis', 'u:S3 CR3T-S3CR3T@host'],
      ['status', '--redis', 'redis://u:%zzS3CR3T@host'],
      ['status', '--redis', redis.url.replace('//', '//default:wrongS3CR3T@')],
      ['worker', '--redis-password=S3CR3T'],
      ['run', '-o', 's3://AKIA:S3CR3T@bucket', '-m', 'm.onnx', '-i', 'x'],
      ['run', '-i', 'https://u:S3CR3T@host/a?token=S3CR3T', '-m', 'm.onnx'],
      ['run', '-m', 'm.onnx?X-Amz-Signature=S3CR3T', '-i', 's3://u:S3CR3T@b/x'],
      ['run', '--config', config, '-m', 'm.onnx', '-i', 'x'],
      ['run', '--conf', 'redis://u:S3CR3T@host', '-m', 'm.onnx', '-i', 'x'],
    ];
    const own = { ...env, REDIS_URL: undefined };
    for (const args of refused) {
      const { code, stdout, stderr } = await runCli(args, { env: own });
      assert.notEqual(code, 0, args.join(' '));
      assert.doesNotMatch(stdout + stderr, mark, args.join(' '));
      assert.doesNotMatch(stderr, /unexpected fault|\n {4}at /, args.join(' '));
    }
    const named = { ...own, AWS_ENDPOINT_URL_S3: 'http://u:S3CR3T@host' };
    const { code, stderr } = await runCli(['runs', '-o', 's3://bucket'], { env: named });
    assert.equal(code, 2, stderr);
    assert.match(stderr, /AWS_ENDPOINT_URL_S3 must be an address without credentials.*\*\*\*@host/);
  });
});
