import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { scenarios, shuffled } from '../../../bench/support/drift-scenarios.ts';
import { driftSchema } from '../../../src/verdict/drift/drift.ts';
import type { DriftRow } from '../../../src/verdict/drift/drift-row.ts';
import { type DriftOptions, measureDrift } from '../../../src/verdict/drift/measure-drift.ts';
import { bloodCellRows, changed, driftSourceOf } from '../../support/drift-rows.ts';
import { seededRandom } from '../../support/seeded-random.ts';

const rows = bloodCellRows();
const mixed = shuffled(rows, seededRandom(1));
const [first, second] = [mixed.slice(0, 200), mixed.slice(200)];

function drift(
  baseline: readonly DriftRow[],
  current: readonly DriftRow[],
  options?: DriftOptions,
) {
  return measureDrift(driftSourceOf(baseline), driftSourceOf(current), options);
}

function times(row: DriftRow, factors: Readonly<Record<string, number>>): DriftRow {
  return changed(row, (measures) =>
    Object.fromEntries(
      Object.entries(factors).map(([name, factor]) => [name, (measures[name] ?? 0) * factor]),
    ),
  );
}

/** The same figures of another picture. */
function elsewhere(row: DriftRow, i: number): DriftRow {
  return { ...row, sizeBytes: i + 1 };
}

describe('the drift between two runs', () => {
  it('is none between two halves of one dataset, and none between a run and itself', async () => {
    const halves = await drift(first, second);
    assert.equal(halves.verdict, 'no drift');
    assert.deepEqual([halves.shared, halves.new], [0, 116]);
    const same = await drift(first, first);
    assert.equal(same.verdict, 'no drift');
    assert.deepEqual([same.shared, same.new, same.tests], [200, 0, 0]);
    assert.deepEqual(same.measures, []);
    assert.ok(['brightness', 'sharpness'].every((name) => same.unchanged?.includes(name)));
    assert.ok(!halves.unchanged?.includes('brightness'));
    assert.match(same.notes.join(), /Every image of the current run is one of the baseline/);
  });

  it('names darker and blurred images, and the ones that are most so', async () => {
    const dark = second.map((row) => times(row, { brightness: 0.6, sharpness: 0.5 }));
    const found = await drift(first, dark);
    assert.equal(found.verdict, 'drift');
    const inputs = found.families.find(({ family }) => family === 'inputs');
    assert.deepEqual([inputs?.verdict, inputs?.drifted], ['drift', 2]);
    assert.deepEqual(found.sentences, [
      'images are darker: brightness 0.71 -> 0.43',
      'images are less sharp: sharpness 0.14 -> 0.069',
    ]);
    const brightness = found.measures.find(({ measure }) => measure === 'brightness');
    const darkest = Math.min(...dark.map(({ measures }) => measures.brightness ?? 1));
    assert.ok(Math.abs((brightness?.examples[0]?.value ?? 1) - darkest) < 1e-6);
    const psi = brightness?.tests[0]?.psi;
    assert.ok((psi?.value ?? 0) > 10 * (psi?.limit ?? 1));
  });

  it('compares images that both runs hold in pairs, wherever they lie, and finds a small change of the model', async () => {
    const elsewhere = first.map((row) => ({
      ...times(row, { confidence: 0.99 }),
      key: `copy/${row.key}`,
      etag: 'another',
    }));
    const found = await drift(first, elsewhere);
    assert.deepEqual([found.shared, found.new, found.identity], [200, 0, 'pixels']);
    assert.deepEqual(found.sentences, [
      'the model is less sure: mean confidence 0.584 -> 0.578, on the same 200 images',
    ]);
    const unpaired = await drift(
      first,
      elsewhere.map((row, i) => ({ ...row, sizeBytes: i })),
    );
    assert.equal(unpaired.verdict, 'no drift');
  });

  it('takes the new images apart from the shared ones, in one family of tests', async () => {
    const current = [...first, ...second.map((row) => times(row, { brightness: 1.2 }))];
    const found = await drift(first, current);
    assert.deepEqual([found.shared, found.new], [200, 116]);
    const brightness = found.measures.find(({ measure }) => measure === 'brightness');
    assert.deepEqual(
      brightness?.tests.map(({ of }) => of),
      ['new'],
    );
    assert.equal(found.sentences[0]?.startsWith('images are brighter'), true);
  });

  it('counts repeated contents once', async () => {
    const twice = second.flatMap((row) => [row, { ...row, key: `copy/${row.key}` }]);
    const [once, found] = [await drift(first, second), await drift(first, twice)];
    assert.deepEqual([found.current.images, found.current.distinct], [232, 116]);
    assert.deepEqual(found.measures, once.measures);
  });

  it('sees a class that is found less often', async () => {
    const without = second.map((row, i) => ({
      ...row,
      detections: row.detections.filter(({ classId }) => classId !== 2 || i % 3 === 0),
    }));
    const found = await drift(first, without);
    const share = found.measures.find(({ measure }) => measure === 'class_share.WBC');
    assert.equal(share?.drifted, true);
    assert.match(share?.sentence ?? '', /^WBC is less of what is found: share of WBC above 0 in /);
  });

  it('names a measure once', async () => {
    const hotter = second.map((row) => times(row, { explained_variance_model_15: 1.4 }));
    const { sentences } = await drift(first, hotter);
    assert.match(
      sentences.join('\n'),
      /^explained variance, layer 15 is higher: 0\.\d\d -> 0\.\d\d$/m,
    );
  });

  it('tests means of groups where images come in groups', async () => {
    const inGroups = (list: readonly DriftRow[], name: string) =>
      list.map((row, i) => ({ ...row, key: `${name}${i % 12}/${i}.jpg` }));
    const groupOf = (key: string) => key.split('/')[0] ?? '';
    const dark = inGroups(second, 'b').map((row) => times(row, { brightness: 0.9 }));
    const found = await drift(inGroups(first, 'a'), dark, { groupOf });
    assert.deepEqual([found.unit, found.groups], ['group', [12, 12]]);
    assert.deepEqual(
      found.measures.flatMap(({ measure, drifted }) => (drifted ? [measure] : [])),
      ['brightness'],
    );
    const few = await drift(first.slice(0, 40), dark, { groupOf: () => 'one' });
    assert.equal(few.verdict, 'could not tell');
    assert.match(few.notes.join(), /at least 5 groups of each run; there are 1 and 1/);
  });

  it('could not tell from four images', async () => {
    const found = await drift(first, second.slice(0, 4));
    assert.equal(found.verdict, 'could not tell');
    assert.deepEqual(found.notes, ['4 new images are too few to test.']);
  });

  it('is the same for rows in another order, and a valid result', async () => {
    const found = await drift(first, second);
    assert.deepEqual(await drift([...first].reverse(), [...second].reverse()), found);
    assert.deepEqual(driftSchema.parse(JSON.parse(JSON.stringify(found))), found);
  });

  it('holds a fixed number of images of each run, the same ones in both', async () => {
    const found = await drift(rows, [...mixed].reverse(), { cap: 50 });
    assert.deepEqual([found.baseline.compared, found.current.compared, found.shared], [50, 50, 50]);
    assert.ok(Math.abs(found.current.distinct - 316) < 120, `${found.current.distinct}`);
    assert.match(found.notes[0] ?? '', /50 images of about \d+ distinct ones are compared/);
  });

  it('pairs all images of a small current run with a baseline beyond its cap, whose own figures stay those of the cap', async () => {
    const current = mixed.slice(100, 140);
    const found = await drift(rows, current, { cap: 50 });
    assert.deepEqual([found.shared, found.new], [40, 0]);
    assert.equal(found.baseline.compared, 50);
    const [alone, two] = await Promise.all(
      [[], current].map((some) => drift(rows, [...second.map(elsewhere), ...some], { cap: 50 })),
    );
    assert.equal(two?.baseline.distinct, alone?.baseline.distinct);
  });

  it('knows images by their etags where a run is too old to know their pixels', async () => {
    const bare = first.map(({ measures: { brightness, ...measures }, ...row }) => ({
      ...row,
      measures,
    }));
    const found = await drift(bare, first);
    assert.deepEqual([found.identity, found.shared], ['etag', 200]);
    assert.match(found.notes.join(), /too old to know the pixels/);
  });
});

describe('false alarms of drift', () => {
  for (const name of ['two halves', 'the same images', 'groups with ICC 0.5, as groups']) {
    it(`stay rare where nothing changed: ${name}`, async () => {
      const random = seededRandom(1);
      let alarms = 0;
      for (let split = 0; split < 40; split++) {
        const { baseline, current, groupOf } = scenarios[name]!(rows, random);
        const { verdict } = await drift(baseline, current, { groupOf });
        if (verdict === 'drift') alarms += 1;
      }
      // 5 % of 40 and three standard errors; 1,000 splits are in `bench/false-alarms.ts`.
      assert.ok(alarms <= 6, `${alarms} of 40`);
    });
  }
});
