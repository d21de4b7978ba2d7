import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { readDoneShard } from '../../src/shared/results/done-shards.ts';
import { readStoredCandidates } from '../../src/shared/results/stored-candidates.ts';
import { openRun } from '../../src/shared/run/open-run.ts';
import { openStore } from '../../src/shared/storage/open-store.ts';
import { repositoryRoot } from '../support/cache-folder.ts';
import { fixtureModel } from '../support/explainer.ts';
import { runHere } from '../support/run-here.ts';
import { tempDir } from '../support/temp-dir.ts';

const photos = join(repositoryRoot, 'examples/blood-cells/images/test');
const fast = { imgsz: 128, device: 'cpu', threads: 1, overlays: 'all', conf: 0.05, boxMaps: 2 };

function dataset(): string {
  const root = tempDir();
  mkdirSync(join(root, 'images'));
  mkdirSync(join(root, 'labels'));
  for (const name of readdirSync(photos).sort().slice(0, 2)) {
    cpSync(join(photos, name), join(root, 'images', name));
    writeFileSync(join(root, 'labels', name.replace('.jpg', '.txt')), '0 0.5 0.5 0.5 0.5\n');
  }
  writeFileSync(join(root, 'images', 'broken.jpg'), 'not a picture');
  return root;
}

async function runOn(root: string, more: Partial<Parameters<typeof runHere>[0]> = {}) {
  const done = await runHere({
    ...{ ...fast, model: fixtureModel('tiny-det-dynamic'), images: join(root, 'images') },
    ...{ out: join(root, 'out'), warn: () => {}, ...more },
  });
  assert.ok(done.status === 'done');
  return { runId: done.runId, folder: join(root, 'out', done.runId) };
}

const labeled = (async () => {
  const root = dataset();
  return { root, ...(await runOn(root)) };
})();

describe('a run over labeled images', () => {
  it('keeps candidates by itself, and nothing else differs from a run without them', async () => {
    const { root, ...kept } = await labeled;
    const without = await runOn(root, { candidates: false });
    assert.notEqual(kept.runId, without.runId);
    const store = await openStore(join(root, 'out'));
    const markers = await Promise.all(
      [kept, without].map(async ({ runId }) =>
        readDoneShard(store, await openRun(store, runId), 0),
      ),
    );
    const files = markers.map((marker) =>
      (marker?.files ?? []).map(
        ({ key, sha256 }) => [key.replace(/^[^/]*\//, ''), sha256] as const,
      ),
    );
    // The evaluation is what candidates are for.
    const [withThem = [], others = []] = files.map((all) =>
      all.filter(([key]) => !key.startsWith('evaluated/')),
    );
    assert.deepEqual(
      withThem.filter(([key]) => key !== 'candidates/0000000.npz'),
      others,
    );
    assert.equal(withThem.length, others.length + 1);
    assert.deepEqual(markers[0]?.statistics, markers[1]?.statistics);
  });

  it('reads them by row: far more than its detections, and none of an image that cannot be read', async () => {
    const { root, runId } = await labeled;
    const store = await openStore(join(root, 'out'));
    const spec = await openRun(store, runId);
    assert.equal(spec.options.candidates, true);
    const found = await readStoredCandidates(store, spec, 0);
    const [first = 0, , last] = [0, 1, 2].map((row) => found?.of(row).count);
    assert.ok(first > 100);
    assert.equal(last, 0);
    const { scores, cut } = found?.of(0) ?? { scores: new Float32Array(), cut: -1 };
    assert.equal(cut, 0);
    assert.ok((scores.at(-1) ?? 1) < 0.01);
    assert.deepEqual(scores, scores.slice().sort().reverse());
  });

  it('is continued with the same words, and not with others', async () => {
    const { root, runId } = await labeled;
    const continued = { images: undefined, model: undefined, run: runId };
    assert.equal((await runOn(root, continued)).runId, runId);
    assert.equal((await runOn(root, { ...continued, candidates: true })).runId, runId);
    await assert.rejects(
      runOn(root, { ...continued, candidates: false }),
      /--candidates is off, the run has on/,
    );
  });

  it('has none of a classifier, which is refused where they are asked of it', async () => {
    const { root } = await labeled;
    const model = fixtureModel('tiny-cls');
    await assert.rejects(
      runOn(root, { model, candidates: true, imgsz: undefined }),
      /tiny-cls\.onnx finds none/,
    );
  });
});

it('a run without labels keeps candidates only when it is told to, and names what its graph left out', async () => {
  const root = dataset();
  const model = fixtureModel('tiny-det-nms');
  const whole = { model, labels: false, imgsz: undefined } as const;
  const plain = await runOn(root, whole);
  const asked = await runOn(root, { ...whole, candidates: true });
  const store = await openStore(join(root, 'out'));
  assert.equal((await openRun(store, plain.runId)).options.candidates, undefined);
  const spec = await openRun(store, asked.runId);
  assert.equal(spec.model.frozenThreshold, 0.25);
  const found = await readStoredCandidates(store, spec, 0);
  const { scores } = found?.of(0) ?? { scores: [] };
  assert.ok(scores.length > 5 && Math.min(...scores) > 0.25);
});
