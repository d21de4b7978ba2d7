#!/usr/bin/env node
// The fleet on this machine, without Docker: what docker-compose.yml does, through the same commands. Starts a Redis and an
// S3 server, loads the blood cells, starts a coordinator and two workers, enqueues, waits, and stops everything again.
// `--limit N` takes fewer images. Redis is REDIS_URL's, or the one that the tests use; S3 is the tests' own server, in memory: a demo needs no better.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { clientOfEnvironment, uploadFolder } from './upload-folder.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values } = parseArgs({ options: { limit: { type: 'string' } } });
const bucket = 'eigenfleet';
const images = `s3://${bucket}/blood-cells/images/test`;
const model = `s3://${bucket}/blood-cells/bccd-yolov8n.onnx`;
const out = `s3://${bucket}/results`;
const target = join(root, 'demo-results', 'fleet');
/** After this, what was asked to stop is killed. */
const patienceMs = 10_000;

const interrupted = new AbortController();
/** What is to be undone, the last first. */
const undo = [];

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => interrupted.abort());
}
// What was just being started when a signal came would keep this process alive.
process.exit(await demo());

async function demo() {
  const aborted = once(interrupted.signal, 'abort').then(() => 130);
  try {
    return await Promise.race([fleet(), aborted]);
  } catch (error) {
    process.stderr.write(`demo:fleet: ${error.message}\n`);
    return 1;
  } finally {
    for (const step of undo.reverse()) await step();
    if (interrupted.signal.aborted) say('Stopped; nothing is left running.');
  }
}

async function fleet() {
  const work = await mkdtemp(join(tmpdir(), 'eigenfleet-demo-'));
  undo.push(() => rm(work, { recursive: true, force: true }));
  await startServers(work);
  const client = clientOfEnvironment();
  undo.push(() => client.destroy());
  const folder = join(root, 'examples/blood-cells');
  const { files } = await uploadFolder({ folder, bucket, prefix: 'blood-cells', client });
  say(`Loaded ${files} files into s3://${bucket}/blood-cells.`);

  const members = [
    startMember('coordinator', ['coordinator', '--out', out], work),
    ...[1, 2].map((n) =>
      startMember(`worker-${n}`, ['worker', '--allow-out', out, '--grace', '20'], work),
    ),
  ];
  say('Started a coordinator and two workers.');
  const limit = values.limit ? ['--limit', values.limit] : [];
  const args = ['enqueue', '--model', model, '--images', images, '--out', out, ...limit];
  // 24 images would be one shard, and one worker would have nothing to do.
  const code = await Promise.race([
    runProducer([...args, '--shard-size', '6', '--name', 'demo', '--wait']),
    ...members,
  ]);
  if (code !== 0) return code;
  await rm(target, { recursive: true, force: true });
  const copied = await copyOut(client, 'results/', target);
  const report = copied.find((path) => path.endsWith('/report.html'));
  say(`This S3 ends with the demo, so the results were copied out of it.\nopen: ${report}`);
  return 0;
}

/** Redis and S3, and the environment in which this process and the commands find them. */
async function startServers(work) {
  const support = (name) => import(`../dist/test/support/${name}.js`);
  const { startS3Server } = await support('s3-server');
  const { awsEnvironment } = await support('s3-credentials');
  const s3 = await startS3Server();
  undo.push(() => s3.close());
  setEnvironment(awsEnvironment(s3.credentials, s3.endpoint));
  if (!process.env.REDIS_URL) {
    const { startRedis } = await support('redis-server');
    const redis = await startRedis();
    undo.push(() => redis.close());
    setEnvironment({ REDIS_URL: redis.url });
  }
  // Only now: Redis' program is kept in the cache of the person, the models of the demo are not.
  setEnvironment({ XDG_CACHE_HOME: join(work, 'cache') });
  say(`Redis: ${new URL(process.env.REDIS_URL).host}. S3: ${s3.endpoint}, in memory.`);
}

function setEnvironment(values) {
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
}

/** A part of the fleet that stays; rejects, with the end of its log, when it does not. */
function startMember(name, args, work) {
  const logFile = join(work, `${name}.log`);
  const child = start(args, ['ignore', 'pipe', 'pipe']);
  const log = createWriteStream(logFile);
  for (const stream of [child.stdout, child.stderr]) stream.pipe(log, { end: false });
  let stopping = false;
  undo.push(() => {
    stopping = true;
    return stop(child);
  });
  return new Promise((_, reject) => {
    child.once('exit', async (code, signal) => {
      if (stopping) return;
      const lines = (await readFile(logFile, 'utf8')).trim().split('\n').slice(-20).join('\n');
      reject(new Error(`the ${name} ended (${signal ?? code}):\n${lines}`));
    });
  });
}

async function runProducer(args) {
  say(`$ eigenfleet ${args.join(' ')}`);
  const child = start(args, 'inherit');
  undo.push(() => stop(child));
  const [code] = await once(child, 'exit');
  return code ?? 1;
}

function start(args, stdio) {
  interrupted.signal.throwIfAborted();
  return spawn(process.execPath, [join(root, 'bin/eigenfleet.js'), ...args], { stdio });
}

/** SIGTERM, and SIGKILL for what does not heed it. */
async function stop(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), patienceMs);
  await gone;
  clearTimeout(timer);
}

/** Copies what lies below a prefix into a folder; gives the paths of the files. */
async function copyOut(client, prefix, folder) {
  const { GetObjectCommand, paginateListObjectsV2 } = await import('@aws-sdk/client-s3');
  const paths = [];
  for await (const page of paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: prefix })) {
    for (const { Key } of page.Contents ?? []) {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key }));
      const path = join(folder, Key.slice(prefix.length));
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, await Body.transformToByteArray());
      paths.push(relative(process.cwd(), path));
    }
  }
  return paths;
}

function say(text) {
  process.stdout.write(`${text}\n`);
}
