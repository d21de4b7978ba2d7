import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { decodeRows } from '../../src/shared/results/sample-row-parquet.ts';
import type { SampleRow } from '../../src/shared/run/sample-row.ts';
import { repositoryRoot } from '../support/cache-folder.ts';
import { runCli } from '../support/cli.ts';
import { makeBucket } from '../support/s3-bucket.ts';
import { awsEnvironment, useTestCredentials } from '../support/s3-credentials.ts';
import { startRealS3 } from '../support/s3-real.ts';
import { startS3Server, type TestS3Server } from '../support/s3-server.ts';
import { tempDir } from '../support/temp-dir.ts';
import { warmCache } from '../support/warm-cache.ts';

const model = join(repositoryRoot, 'test/fixtures/models/tiny-det-dynamic.onnx');
const images = join(repositoryRoot, 'examples/blood-cells/images/test');
/** So small that S3 is what takes time. */
const size = ['--imgsz', '64'];
const labels = join(repositoryRoot, 'examples/blood-cells/labels/test');
const names = (await readdir(images)).sort().slice(0, 3);

const credentials = useTestCredentials();
const testServer = await startS3Server();
const realServer = await startRealS3();
after(async () => {
  await testServer.close();
  await realServer?.close();
});

interface InS3 {
  readonly bucket: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  get(key: string): Promise<Buffer>;
}

/** Images with their labels and a model in a new bucket, and the command that explains them there. */
async function uploaded(endpoint: string): Promise<InS3> {
  const bucket = await makeBucket(endpoint);
  const store = bucket.store();
  for (const name of names) {
    const label = name.replace(/\.jpg$/, '.txt');
    await store.put(`in/images/${name}`, await readFile(join(images, name)));
    await store.put(`in/labels/${label}`, await readFile(join(labels, label)));
  }
  await store.put('models/best.onnx', await readFile(model));
  const root = `s3://${bucket.name}`;
  return {
    bucket: bucket.name,
    args: ['-m', `${root}/models/best.onnx`, '-i', `${root}/in/images`, '-o', `${root}/out`],
    env: { ...awsEnvironment(credentials, endpoint), ...warmCache() },
    get: async (key) => Buffer.from((await store.get(key)) ?? []),
  };
}

const objectsBelow = (server: TestS3Server, prefix: string): string[] =>
  [...server.objects.keys()].filter((path) => path.startsWith(prefix));

async function latest(get: (key: string) => Promise<Buffer>): Promise<string> {
  const { runId }: { runId: string } = JSON.parse((await get('names/latest.json')).toString());
  return runId;
}

/** Etags are those of the storage. */
async function rowsOf(bytes: Buffer): Promise<Omit<SampleRow, 'etag'>[]> {
  return (await decodeRows(bytes)).map(({ etag: _, ...row }) => row);
}

const common = [
  ...size,
  '--shard-size',
  '2',
  '--name',
  'audit',
  '--conf',
  '0.05',
  '--overlays',
  'none',
];

/** The folder with the results of the same images, explained from this machine's disk: once for all servers. */
let local: Promise<string> | undefined;
const localOut = tempDir();

async function localResults(): Promise<string> {
  const places = ['-m', model, '-i', images, '-o', localOut];
  const { code, stderr } = await runCli(['run', ...places, '--limit', '3', ...common]);
  assert.equal(code, 0, stderr);
  return localOut;
}

for (const server of [testServer, realServer]) {
  const name = server === testServer ? 'the server of the tests' : 'a real server';
  const skip = server === undefined && 'no real S3 server can be had here';
  test(`a run over S3 gives what the run over folders gives, on ${name}`, { skip }, async () => {
    if (server === undefined) return;
    local ??= localResults();
    const out = await local;
    const s3 = await uploaded(server.endpoint);
    const remote = await runCli(['run', ...s3.args, ...common], { env: s3.env });
    assert.equal(remote.code, 0, remote.stderr);
    assert.doesNotMatch(remote.stderr, /warning/i);

    const localGet = (key: string): Promise<Buffer> => readFile(join(out, key));
    const remoteGet = (key: string): Promise<Buffer> => s3.get(`out/${key}`);
    const [localRun, remoteRun] = [await latest(localGet), await latest(remoteGet)];
    assert.match(
      remote.stdout,
      new RegExp(`report: s3://${s3.bucket}/out/${remoteRun}/report.html`),
    );
    for (const shard of ['0000000', '0000001']) {
      for (const layer of ['model.15', 'model.18', 'model.21']) {
        const folder = join(out, localRun, 'maps', layer);
        const map = (await readdir(folder)).find((file) => file.startsWith(shard)) ?? '';
        const key = `maps/${layer}/${map}`;
        assert.ok(
          (await localGet(`${localRun}/${key}`)).equals(await remoteGet(`${remoteRun}/${key}`)),
        );
      }
      const key = `shards/${shard}.parquet`;
      assert.deepEqual(
        await rowsOf(await remoteGet(`${remoteRun}/${key}`)),
        await rowsOf(await localGet(`${localRun}/${key}`)),
      );
    }
    const spec = JSON.parse((await remoteGet(`${remoteRun}/run.json`)).toString());
    assert.equal(spec.model.uri, `s3://${s3.bucket}/models/best.onnx`);
    assert.equal(spec.dataset.rootUri, `s3://${s3.bucket}/in/images`);

    const again = await runCli(['run', '-o', `s3://${s3.bucket}/out`, '--run', 'audit'], {
      env: s3.env,
    });
    assert.equal(again.code, 0, again.stderr);
    assert.equal(await latest(remoteGet), remoteRun);
  });
}

test('an image that is refused is a row; a storage that fails ends the run, which goes on later', async () => {
  const s3 = await uploaded(testServer.endpoint);
  const args = ['run', ...s3.args, ...size, '--shard-size', '2', '--json'];
  testServer.fail({ operation: 'get', match: new RegExp(`^in/images/${names[0]}`), with: 403 });
  testServer.fail({
    operation: 'get',
    match: new RegExp(`^in/images/${names[1]}`),
    times: 2,
    with: 'cut',
  });
  testServer.fail({ operation: 'get', match: new RegExp(`^in/images/${names[2]}`), with: 503 });
  const broken = await runCli([...args, '--patience', '0'], { env: s3.env });
  assert.equal(broken.code, 5, broken.stderr);
  assert.match(broken.stderr, /^error: s3:.*cannot be reached \(SlowDown, HTTP 503\)/m);
  assert.equal(
    objectsBelow(testServer, `${s3.bucket}/out/`).some((key) => /done\/0000001/.test(key)),
    false,
  );
  testServer.heal();
  testServer.fail({ operation: 'get', match: new RegExp(`^in/images/${names[0]}`), with: 403 });
  const resumed = await runCli(args, { env: s3.env });
  assert.equal(resumed.code, 0, resumed.stderr);
  const { counts, failures } = JSON.parse(resumed.stdout);
  assert.deepEqual([counts.images, counts.explained], [3, 2]);
  assert.match(failures[0].reason, /lack the right s3:GetObject/);
  testServer.heal();
});

test('a model in S3 is described, and one that is not there is one sentence', async () => {
  const { bucket, env } = await uploaded(testServer.endpoint);
  const rest = { ...env, AWS_ENDPOINT_URL_S3: undefined };
  const endpoint = ['--s3-endpoint', testServer.endpoint];
  const layers = await runCli(['layers', `s3://${bucket}/models/best.onnx`, ...endpoint], {
    env: rest,
  });
  assert.equal(layers.code, 0, layers.stderr);
  assert.match(layers.stdout, /model\.15/);
  const missing = await runCli(['layers', `s3://${bucket}/models/no.onnx`, ...endpoint], {
    env: rest,
  });
  assert.equal(missing.code, 3);
  assert.match(missing.stderr, /^error: There is no model at s3:\/\/.*\/models\/no\.onnx/);
});

test('explain reads an image from S3 and puts its figure there', async () => {
  const { bucket, args, env, get } = await uploaded(testServer.endpoint);
  const [, model = ''] = args;
  const root = `s3://${bucket}`;
  const { code, stderr } = await runCli(
    [
      'explain',
      `${root}/in/images/${names[0]}`,
      `${root}/in/images/no.jpg`,
      '-m',
      model,
      '-o',
      `${root}/figures`,
      ...size,
    ],
    { env },
  );
  assert.equal(code, 4, stderr);
  assert.match(stderr, /no\.jpg was not explained: it does not exist/);
  const figure = await get(`figures/${names[0]?.replace(/\.\w+$/, '')}.explained.png`);
  assert.equal(figure.subarray(1, 4).toString(), 'PNG');
});

test('credentials that nobody has given are one sentence', async () => {
  const env = {
    ...awsEnvironment(credentials, testServer.endpoint),
    AWS_ACCESS_KEY_ID: undefined,
    AWS_SECRET_ACCESS_KEY: undefined,
    AWS_EC2_METADATA_DISABLED: 'true',
  };
  const { code, stderr } = await runCli(['run', '-m', model, '-i', 's3://bucket/in'], { env });
  assert.equal(code, 5);
  assert.match(stderr, /^error: s3:\/\/bucket\/in.*no AWS credentials were found/);
});

for (const server of [testServer, realServer]) {
  const name = server === testServer ? 'the server of the tests' : 'a real server';
  const skip = server === undefined && 'no real S3 server can be had here';
  test(`wrong keys are blamed where the model or one image is asked for first, on ${name}`, {
    skip,
  }, async () => {
    if (server === undefined) return;
    const s3 = await uploaded(server.endpoint);
    const [, remoteModel = ''] = s3.args;
    const image = `s3://${s3.bucket}/in/images/${names[0]}`;
    for (const [key, message] of [
      ['AWS_SECRET_ACCESS_KEY', /secret key does not belong to the access key/],
      ['AWS_ACCESS_KEY_ID', /access key is unknown there/],
    ] as const) {
      const env = { ...s3.env, [key]: 'wrong' };
      for (const places of [
        ['-m', remoteModel, '-i', image],
        ['-m', model, '-i', image],
      ]) {
        const { code, stderr } = await runCli(['run', ...places, '-o', tempDir()], { env });
        assert.equal(code, 5, stderr);
        assert.match(stderr, message);
      }
    }
  });
}
