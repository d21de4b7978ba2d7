import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { summarizeRun } from '../../src/report/summarize-run.ts';
import { verdictSchema } from '../../src/report/summary/verdict-schema.ts';
import { objectKeys } from '../../src/shared/run/object-keys.ts';
import { MemoryStore } from '../../src/shared/storage/memory-store.ts';
import { checkRun, type RunCheck } from '../../src/verdict/check-run.ts';
import { publishVerdict } from '../../src/verdict/publish-verdict.ts';
import { parseRules } from '../../src/verdict/rules/parse-rules.ts';
import { madeEvaluation, madeGroups } from '../support/made-check.ts';
import { madeObject, storeChecked } from '../support/stored-check.ts';

const store = new MemoryStore('results');
/** Every picture is one of its own, by what was measured of its pixels. */
const pixels = (seed: number) => (index: number) => ({
  brightness: 0.4 + ((index * 37 + seed) % 101) / 1000,
  contrast: 0.2 + index / 10_000 + seed / 1_000_000,
  sharpness: 0.5,
  colorfulness: 0.3,
});
const failed = (index: number) =>
  index < 4 ? ({ status: 'failed_to_decode', reason: 'The file is empty.' } as const) : undefined;
const evaluation = madeEvaluation({
  classes: {
    RBC: madeGroups([9, 8, 9, 8, 9, 8, 9, 8, 9, 8], 10),
    Platelets: madeGroups([1, 1, 2, 1, 2, 1, 2, 1, 0, 1], 4),
  },
});
const objects = [
  ...[0, 1, 2].map(() => madeObject(7, 'fn', 2)),
  madeObject(7, 'fp', 0),
  ...[0, 1].map(() => madeObject(9, 'fn', 2)),
  ...[0, 1, 2, 3, 4].map(() => madeObject(12, 'fn', 0)),
];
await storeChecked(store, {
  runId: 'aaaaaaaaaaaa',
  rows: { images: 120, failed },
  evaluation,
  objects,
});
await storeChecked(store, {
  runId: 'bbbbbbbbbbbb',
  rows: { images: 120, seed: 2, measures: pixels(2) },
  evaluation,
});
const shifted = (index: number) => ({
  ...pixels(3)(index),
  entropy_fused: 0.9 + (index % 7) / 100,
});
await storeChecked(store, {
  runId: 'cccccccccccc',
  rows: { images: 120, seed: 3, measures: shifted },
});

function checked(yaml: string, runId = 'aaaaaaaaaaaa', against?: string): Promise<RunCheck> {
  const baseline = against === undefined ? undefined : { store, runId: against };
  return checkRun({
    run: { store, runId },
    against: baseline,
    rules: parseRules(yaml, 'rules.yaml'),
  });
}

async function check(...args: Parameters<typeof checked>) {
  return (await checked(...args)).verdict;
}

describe('a check of a finished run', () => {
  it('names the images that are worst for each rule', async () => {
    const verdict = await check(
      'rules: [recall.Platelets >= 0.7, map50 >= 0.5, failed <= 1%, max.entropy_fused <= 0]',
    );
    const [platelets, map, failures, entropy] = verdict.rules;
    assert.deepEqual(platelets?.images, [
      { key: 'image-00007.jpg', shard: 0, row: 7, words: '3 misses' },
      { key: 'image-00009.jpg', shard: 0, row: 9, words: '2 misses' },
    ]);
    assert.deepEqual(
      map?.images.map(({ key, words }) => `${key} ${words}`),
      [
        'image-00012.jpg 5 misses',
        'image-00007.jpg 3 misses and 1 false positive',
        'image-00009.jpg 2 misses',
      ],
    );
    assert.equal(failures?.images.length, 4);
    assert.equal(failures?.images[0]?.words, 'The file is empty.');
    assert.equal(entropy?.images.length, 5);
    assert.equal(verdict.outcome, 'fail');
  });

  it('names none where the table of objects is of another evaluation', async () => {
    const verdict = await check('rules: [recall.Platelets >= 0.7]', 'bbbbbbbbbbbb');
    assert.deepEqual(verdict.rules[0]?.images, []);
  });

  it('finds drift between runs, and none between a run and itself', async () => {
    const drifted = await check('rules:\n - drift of heat: none', 'cccccccccccc', 'bbbbbbbbbbbb');
    assert.equal(drifted.outcome, 'fail', drifted.sentence);
    assert.match(drifted.rules[0]?.sentence ?? '', /^Drift in \d+ of \d+ measures: /);
    assert.ok((drifted.rules[0]?.images.length ?? 0) > 0);
    const same = await check('rules:\n - drift: none', 'bbbbbbbbbbbb', 'bbbbbbbbbbbb');
    assert.equal(same.outcome, 'pass', same.rules[0]?.sentence);
  });

  it('tests only the images that it is told to, as strictly as it is told to', async () => {
    const [run, against] = ['cccccccccccc', 'bbbbbbbbbbbb'].map((runId) => ({ store, runId }));
    const rules = parseRules('rules:\n - drift of heat: none', 'rules.yaml');
    const among = async (keys: readonly string[], alpha?: number) => {
      const tested = { count: keys.length, has: (key: string) => keys.includes(key) };
      const { verdict } = await checkRun({ run: run!, against, rules, tested, alpha });
      return { outcome: verdict.outcome, says: verdict.rules[0]?.sentence ?? '' };
    };
    const keys = Array.from({ length: 40 }, (_, n) => `image-${String(n).padStart(5, '0')}.jpg`);
    assert.equal((await among(keys)).outcome, 'fail');
    assert.deepEqual(await among(keys, 1e-30), {
      outcome: 'pass',
      says: (await among(keys, 1e-30)).says,
    });
    assert.match((await among(keys, 1e-30)).says, /over 40 new images, as asked/);
    assert.deepEqual(await among(keys.slice(0, 4)), {
      outcome: 'undecided',
      says: 'Drift cannot be told: only 4 images are new, and a test needs 5 at least.',
    });
    assert.deepEqual(await among([]), {
      outcome: 'pass',
      says: 'No image is new, so there is nothing that could have drifted.',
    });
  });

  it('is the same for the same results, byte for byte', async () => {
    const text = 'rules: [recall.Platelets >= 0.7, change of recall.RBC >= 0]';
    const [one, two] = [
      await check(text, 'aaaaaaaaaaaa', 'bbbbbbbbbbbb'),
      await check(text, 'aaaaaaaaaaaa', 'bbbbbbbbbbbb'),
    ];
    assert.equal(JSON.stringify(one), JSON.stringify(two));
  });

  for (const keyOf of [objectKeys.evaluation, objectKeys.summaryJson]) {
    it(`of one whose ${keyOf('').slice(1)} is that of another run is an error that says so`, async () => {
      const own = (await store.get(keyOf('bbbbbbbbbbbb'))) as Uint8Array;
      await store.put(
        keyOf('bbbbbbbbbbbb'),
        (await store.get(keyOf('aaaaaaaaaaaa'))) as Uint8Array,
      );
      const rules = 'rules:\n  - failed < 5%\n';
      const wanted = { code: 'storage', message: /is damaged: .* anew/ };
      await assert.rejects(checked(rules, 'bbbbbbbbbbbb'), wanted);
      await assert.rejects(checked(rules, 'aaaaaaaaaaaa', 'bbbbbbbbbbbb'), wanted);
      await store.put(keyOf('bbbbbbbbbbbb'), own);
    });
  }

  it('of one that is not finished is an error that says so', async () => {
    await store.put(objectKeys.cancelled('cccccccccccc'), new Uint8Array());
    await assert.rejects(check('rules: [failed <= 1%]', 'cccccccccccc'), {
      code: 'incomplete',
      message: /was cancelled/,
    });
  });
});

describe('a published verdict', () => {
  const read = async (key: string) => new TextDecoder().decode(await store.get(key));

  it('stands beside the run, in its summary and in its report, and another one takes its place', async () => {
    const runId = 'bbbbbbbbbbbb';
    await publishVerdict(
      store,
      await checked('rules: [failed <= 1%]', runId),
      'results/report.html',
    );
    const before = {
      markdown: await read(objectKeys.summaryMarkdown(runId)),
      page: await read(objectKeys.report(runId)),
    };
    assert.match(before.page, /<h2 id="verdict-title">.*Rules passed: 1 passed/);
    assert.match(before.page, /Pass or fail is that of the rules on the first screen/);
    assert.match(before.markdown, /^# .*\n\n<!-- verdict -->\n## Rules: passed\n/);
    await publishVerdict(
      store,
      await checked('rules: [images >= 1000]', runId),
      'results/report.html',
    );
    const markdown = await read(objectKeys.summaryMarkdown(runId));
    assert.match(markdown, /## Rules: failed\n\n1 of 1 rule failed: images &gt;= 1000\./);
    assert.equal(markdown.split('<!-- verdict -->').length, 2);
    const page = await read(objectKeys.report(runId));
    assert.match(page, /Rules failed: 1 failed/);
    assert.equal(page.match(/id="verdict"/g)?.length, 1);
    const stored = verdictSchema.parse(JSON.parse(await read(objectKeys.verdict(runId))));
    assert.equal(stored.outcome, 'fail');
    await publishVerdict(
      store,
      await checked('rules: [failed <= 1%]', runId),
      'results/report.html',
    );
    assert.equal(await read(objectKeys.summaryMarkdown(runId)), before.markdown);
    assert.equal(await read(objectKeys.report(runId)), before.page);
  });

  it('goes when the run is summarized again', async () => {
    const runId = 'bbbbbbbbbbbb';
    await summarizeRun({ store, runId, imageStore: undefined });
    assert.equal(await store.head(objectKeys.verdict(runId)), undefined);
    assert.doesNotMatch(await read(objectKeys.report(runId)), /id="verdict"/);
  });
});
