import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compareRuns } from '../../../src/verdict/compare/compare-runs.ts';
import { comparisonHeadlines } from '../../../src/verdict/compare/words/comparison-headlines.ts';
import { madeComparedRun } from '../../support/made-comparison.ts';

/** Platelets of which every second image finds both, and the others none. */
const half = { tp: (i: number) => (i % 2) * 2, fn: (i: number) => 2 - (i % 2) * 2, fp: () => 1 };
const most = { tp: () => 2, fn: (i: number) => Number(i % 10 === 0), fp: () => 1 };

describe('compareRuns', () => {
  it('says first which figure changed most, with its interval over groups', async () => {
    const rows = { images: 40 };
    const before = await madeComparedRun({
      runId: 'a1',
      name: 'before',
      rows,
      judged: { Platelets: half },
    });
    const after = await madeComparedRun({
      runId: 'b2',
      name: 'after',
      rows,
      judged: { Platelets: most },
    });
    const { title, headlines, steps } = await compareRuns([before, after]);
    assert.equal(title.text, 'before -> after: Platelets recall 0.50 -> 0.95');
    assert.equal(title.tone, 'fine');
    assert.match(
      headlines[0]!.text,
      /^Platelets recall: 95 % interval of the difference \+0\.\d+ to \+0\.\d+, over 84 labeled objects\.$/,
    );
    const [step] = steps;
    assert.deepEqual(step?.images, {
      both: 40,
      unchanged: 40,
      changed: 0,
      onlyFrom: 0,
      onlyTo: 0,
      compared: 40,
    });
    const [platelets] = step!.classes;
    assert.equal(platelets?.name, 'Platelets');
    assert.deepEqual(platelets?.labels, [80, 84]);
    assert.equal(platelets?.recall?.difference?.paired, true);
  });

  it('warns when the change is for the worse, and says so when nothing changed', async () => {
    const rows = { images: 40 };
    const before = await madeComparedRun({ runId: 'a1', rows, judged: { Platelets: most } });
    const after = await madeComparedRun({ runId: 'b2', rows, judged: { Platelets: half } });
    const worse = await compareRuns([before, after]);
    assert.equal(worse.title.tone, 'look');
    const same = await compareRuns([
      before,
      await madeComparedRun({ runId: 'c3', rows, judged: { Platelets: most } }),
    ]);
    assert.match(same.title.text, /: no change that 40 images can show$/);
    assert.deepEqual(
      same.steps[0]!.measures.filter(({ mean }) => mean.difference.value !== 0),
      [],
    );
  });

  it('says that a change cannot be told, and why, where intervals are lacking', async () => {
    const made = (runId: string, images: number, found: number) =>
      madeComparedRun({
        ...{ runId, rows: { images } },
        judged: { WBC: { tp: () => found, fn: () => 4 - found, fp: () => 0 } },
      });
    const titleOf = async (images: number) => {
      const runs = [await made('a1', images, 1), await made('b2', images, 3)];
      return (await compareRuns(runs)).title;
    };
    const few = await titleOf(4);
    assert.match(
      few.text,
      /: WBC recall 0\.25 -> 0\.75 cannot be told from chance: an interval takes at least 5 independent groups; there are 4$/,
    );
    assert.equal(few.tone, 'look');
    assert.match(
      (await titleOf(40)).text,
      /chance: every group says the same, so nothing is known/,
    );
    const rows = (entropy: number) => ({ images: 3, measures: () => ({ entropy_fused: entropy }) });
    const bare = await compareRuns([
      await madeComparedRun({ runId: 'a1', rows: rows(0.2) }),
      await madeComparedRun({ runId: 'b2', rows: rows(0.9) }),
    ]);
    assert.match(bare.title.text, /: 3 images are too few to tell of a change$/);
  });

  it('compares the images that both runs hold, and counts the others', async () => {
    const keyOf = (i: number) => `image-${String(i + 30).padStart(5, '0')}.jpg`;
    const before = await madeComparedRun({ runId: 'a1', rows: { images: 60 } });
    const after = await madeComparedRun({
      runId: 'b2',
      rows: { images: 40, keyOf, measures: () => ({ entropy_fused: 0.99 }) },
    });
    const [step] = (await compareRuns([before, after])).steps;
    assert.deepEqual(step?.images, {
      both: 30,
      unchanged: 30,
      changed: 0,
      onlyFrom: 30,
      onlyTo: 10,
      compared: 30,
    });
    const entropy = step!.measures.find(({ column }) => column === 'entropy_fused');
    assert.equal(entropy?.n, 30);
    assert.ok(Math.abs(entropy!.mean.to - 0.99) < 1e-12);
    assert.ok(entropy!.mean.difference.interval![0] > 0);
  });

  it('sets the maps of the same images side by side, layer by layer', async () => {
    const rows = { images: 20 };
    const runs = [
      await madeComparedRun({ runId: 'a1', rows }),
      await madeComparedRun({ runId: 'b2', rows }),
    ];
    const [step] = (await compareRuns(runs)).steps;
    const { maps } = step!;
    assert.equal(maps?.images, 20);
    assert.deepEqual(
      maps?.layers.map(({ map }) => map),
      ['fused', 'model_15', 'model_21'],
    );
    for (const { similarity, cka = 1 } of maps!.layers) {
      assert.ok(similarity.p5 > 0.9999 && Math.abs(cka - 1) < 1e-6);
    }
  });

  it('draws the progress of three runs in their order, and finds the same image in each', async () => {
    const rows = (seed: number) => ({ images: 30, seed });
    const judged = (found: number) => ({
      WBC: { tp: () => found, fn: () => 4 - found, fp: () => 0 },
    });
    const runs = await Promise.all(
      [1, 2, 4].map((found, i) =>
        madeComparedRun({
          runId: `r${i}`,
          model: `cells-epoch${found}.onnx`,
          rows: rows(i + 1),
          judged: judged(found),
        }),
      ),
    );
    const { runs: infos, progress, steps } = await compareRuns(runs);
    assert.deepEqual(
      infos.map(({ label }) => label),
      ['epoch1', 'epoch2', 'epoch4'],
    );
    assert.deepEqual(progress[0]?.lines[0]?.values, [0.25, 0.5, 1]);
    const clear = steps.map((step) => ({
      ...step,
      figures: step.figures.map(({ from, to, ...one }) => ({
        ...{ ...one, from: { ...from, n: 40 }, to: { ...to, n: 40 } },
        difference: { value: 0.25, interval: [0.1, 0.4] as [number, number], groups: 40 },
      })),
    }));
    const line = comparisonHeadlines(infos, clear).headlines.find(
      ({ proof }) => proof === 'progress',
    );
    assert.match(
      line?.text ?? '',
      /^.+ over epoch1, epoch2 and epoch4: 0\.25 -> 0\.50? -> 1(\.00)?\.$/,
    );
    const [found] = steps[1]!.changed;
    assert.equal(found?.id, 'found');
    assert.ok(found!.images.length > 0);
    for (const { places } of found!.images)
      assert.equal(new Set(places.map((place) => place?.row)).size, 1);
  });

  it('refuses one run, and one run twice', async () => {
    const run = await madeComparedRun({ runId: 'a1', rows: { images: 3 } });
    await assert.rejects(compareRuns([run]), /takes two runs or more/);
    await assert.rejects(compareRuns([run, run]), /is named twice/);
  });

  it('says the same of the same runs, to the byte', async () => {
    const runs = [
      await madeComparedRun({ runId: 'a1', rows: { images: 25, seed: 1 } }),
      await madeComparedRun({ runId: 'b2', rows: { images: 25, seed: 2 } }),
    ];
    assert.equal(JSON.stringify(await compareRuns(runs)), JSON.stringify(await compareRuns(runs)));
  });
});
