import assert from 'node:assert/strict';
import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { RunOptions } from '../../src/index.ts';
import type { RunProgress } from '../../src/shared/queue/run-counters.ts';
import type { ShardJob } from '../../src/shared/queue/shard-job.ts';
import { openStore } from '../../src/shared/storage/open-store.ts';
import { type AttemptPorts, attemptShard } from '../../src/worker/queue/attempt-shard.ts';
import { OpenRuns } from '../../src/worker/queue/open-runs.ts';
import { ByteBudget } from '../../src/worker/shard/byte-budget.ts';
import { openInFlightNote } from '../../src/worker/shard/in-flight-note.ts';
import { repositoryRoot } from '../support/cache-folder.ts';
import { runHere } from '../support/run-here.ts';
import { tempDir } from '../support/temp-dir.ts';

const photos = join(repositoryRoot, 'examples/blood-cells/images/test');
const names = readdirSync(photos).sort();
const model = join(repositoryRoot, 'test/fixtures/models/tiny-det-dynamic.onnx');
const fast = { imgsz: 64, device: 'cpu', threads: 1, conf: 0.01, maxDet: 8, shardSize: 4 };

/** A labeled folder that changes from night to night. */
class Dataset {
  readonly root = tempDir();
  #files = 0;

  constructor(images: number) {
    for (const folder of ['images', 'labels']) mkdirSync(join(this.root, folder));
    for (let i = 0; i < images; i++) this.put(i);
  }

  /** Another photo of the same name is a changed image. */
  put(name: number, photo = name): void {
    const file = join(this.root, 'images', `${pad(name)}.jpg`);
    cpSync(join(photos, names[photo % names.length] ?? ''), file);
    this.#stamp(file);
    this.label(name, `${name % 2} 0.5 0.5 0.${1 + (name % 5)} 0.4\n`);
  }

  label(name: number, text: string): void {
    const file = join(this.root, 'labels', `${pad(name)}.txt`);
    writeFileSync(file, text);
    this.#stamp(file);
  }

  remove(name: number): void {
    rmSync(join(this.root, 'images', `${pad(name)}.jpg`));
    rmSync(join(this.root, 'labels', `${pad(name)}.txt`));
  }

  async run(out: string, more: Partial<RunOptions> = {}) {
    const said: string[] = [];
    const say = (line: string) => void said.push(line);
    const done = await runHere({
      ...{ ...fast, model, images: join(this.root, 'images'), out: join(this.root, out) },
      ...{ overlays: 'sample:2', newOnly: true, name: 'nightly', note: say, warn: say, ...more },
    });
    return { done, said: said.join('\n'), folder: join(this.root, out, done.runId) };
  }

  /** Times of files are etags. */
  #stamp(file: string): void {
    this.#files += 1;
    utimesSync(file, 1e9, 1e9 + this.#files);
  }
}

function pad(name: number): string {
  return String(name).padStart(3, '0');
}

/** The files of a run but for when, where and by whom it was made, and what it took over. */
function resultsOf(folder: string): Map<string, unknown> {
  const files = new Map<string, unknown>();
  for (const one of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(one.parentPath, one.name).slice(folder.length + 1);
    if (one.isDirectory() || /^(carry|run\.json|report|summary\.md)/.test(path)) continue;
    const bytes = readFileSync(join(folder, path));
    files.set(path, path.endsWith('.json') ? withoutTimes(JSON.parse(bytes.toString())) : bytes);
  }
  return files;
}

function withoutTimes(json: Record<string, unknown>): unknown {
  const { timings, timingsMs, wallMs, device, host, finishedAt, files, ...rest } = json;
  return rest;
}

/** A worker's ports to a queue that nobody else uses. */
function attemptPorts(runs: OpenRuns): AttemptPorts {
  const progress: Pick<RunProgress, 'isCancelled' | 'markShardSettled'> = {
    isCancelled: async () => false,
    markShardSettled: async () => 'more',
  };
  return {
    ...{ runs, progress: progress as RunProgress, queues: { addSummary: async () => {} } },
    ...{ budget: new ByteBudget(1e6), storeOptions: {}, onSample: () => {} },
    openNote: () => openInFlightNote(tempDir(), 0),
  };
}

/** Does a run's shards anew as a worker does; returns those for which it wanted a model, which it does not get. */
async function workedOff(out: string, runId: string): Promise<number[]> {
  const folder = join(out, runId);
  const shards = readdirSync(join(folder, 'manifest')).map((name) => Number.parseInt(name, 10));
  for (const part of ['done', 'shards', 'maps', 'evaluated', 'candidates', 'overlays']) {
    rmSync(join(folder, part), { recursive: true });
  }
  const runs = new OpenRuns({
    openStore: (uri) => openStore(uri),
    openImages: async (uri) => openStore(uri),
    onLabelsLeftOut: () => {},
    startExplainer: async () => {
      throw new Error('a model is wanted');
    },
  });
  const ports = attemptPorts(runs);
  const wanted: number[] = [];
  for (const shard of shards) {
    const job: ShardJob = { v: 1, out: openStore(out).uri, runId, shard };
    const { signal } = new AbortController();
    const outcome = await attemptShard(job, ports, signal).catch((error: Error) => error.message);
    if (outcome === 'a model is wanted') wanted.push(shard);
    else assert.ok(typeof outcome === 'object' && outcome.status === 'done', String(outcome));
  }
  return wanted;
}

/** Shards of a run with an image that it does not take over. */
function shardsWithNew(folder: string): number[] {
  return readdirSync(join(folder, 'carry')).flatMap((name) =>
    readFileSync(join(folder, 'carry', name), 'utf8').includes('null')
      ? [Number.parseInt(name, 10)]
      : [],
  );
}

describe('a run of what is new', () => {
  it('has the results of a full run, file by file, where images came, went, changed and were labeled anew, in one process that was stopped and on a fleet', async () => {
    const data = new Dataset(18);
    const first = await data.run('out');
    assert.match(
      first.said,
      /^All 18 images are explained: there is no earlier run called "nightly"/,
    );
    const again = await data.run('out');
    assert.match(
      again.said,
      /^No image is new, changed or gone since run \S+: it is the same run\./,
    );
    data.put(100, 20);
    data.put(12, 21);
    data.remove(7);
    data.label(3, '1 0.4 0.4 0.3 0.3\n');
    const stop = new AbortController();
    const onProgress = () => stop.abort();
    const stopped = await data.run('out', { signal: stop.signal, onProgress });
    assert.equal(stopped.done.status, 'interrupted');
    assert.match(
      stopped.said,
      /Of 18 images 2 are new since run \S+; the results of 16 are taken over, 1 of them with other labels, 1 is gone\./,
    );
    const next = await data.run('out');
    const full = await data.run('other');
    assert.equal(next.done.runId, full.done.runId);
    const expected = resultsOf(full.folder);
    assert.deepEqual(resultsOf(next.folder), expected);
    const wanted = await workedOff(join(data.root, 'out'), next.done.runId);
    assert.deepEqual(wanted, shardsWithNew(next.folder));
    for (const [path, bytes] of resultsOf(next.folder)) {
      assert.deepEqual(bytes, expected.get(path), path);
    }
    const torn = join(first.folder, 'maps/evidence');
    for (const name of readdirSync(torn)) writeFileSync(join(torn, name), 'torn');
    const all = await workedOff(join(data.root, 'out'), next.done.runId);
    assert.deepEqual(all, [...all.keys()]);
    assert.ok(all.length > 3);
  });

  it('is another run than a plain one over the same images, whose shards are cut otherwise, and takes its results over', async () => {
    const data = new Dataset(9);
    const plain = await data.run('out', { newOnly: false });
    const named = await data.run('out');
    assert.notEqual(named.done.runId, plain.done.runId);
    assert.match(
      named.said,
      /Of 9 images 0 are new since run \S+; the results of 9 are taken over\./,
    );
    assert.equal((await data.run('out', { newOnly: false })).done.runId, plain.done.runId);
  });

  it('is that of a full run where maps are stored with 8 bits', async () => {
    const data = new Dataset(6);
    const small = { mapBits: 8, overlays: 'none' } as const;
    await data.run('out', small);
    data.put(100, 20);
    const next = await data.run('out', small);
    assert.match(next.said, /Of 7 images 1 is new since run \S+; the results of 6 are taken over/);
    const full = await data.run('other', small);
    assert.deepEqual(resultsOf(next.folder), resultsOf(full.folder));
    assert.deepEqual(shardsWithNew(next.folder).length, 1);
  });
});
