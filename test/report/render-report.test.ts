import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import type { Verdict } from '../../src/report/summary/verdict-schema.ts';
import { RunLengths } from '../../src/shared/run/coco-rle.ts';
import type { Detection, Xyxy } from '../../src/shared/run/detection.ts';
import { madeReport } from '../support/made-report.ts';

/** What no report may say (the honesty rules): a cause, a mind, a class judged by a map. */
const forbidden =
  /\bignores?\b|\bunderstands?\b|\bbecause\b|important pixels?|\bmissed\b|\bdue to\b/i;

const nasty = [
  '<img src=x onerror=alert(1)>',
  `"quotes' & <b>bold</b>`,
  'line\nbreak',
  '🩸 blut',
  'شريحة 42 دم',
  'abc\u202egpj.exe',
  `${'long-'.repeat(60)}end`,
  '',
  'All',
];

function idsIn(page: string): string[] {
  return [...page.matchAll(/ id="([^"]+)"/g)].map((match) => match[1]!);
}

function withMask([left, top, right, bottom]: Xyxy): Partial<Detection> {
  const runs = new RunLengths({ width: 640, height: 480 });
  runs.add(Math.round(left), Math.round(top), Math.round(bottom));
  const rle = runs.encode();
  return { mask: { polygons: [[left, top, right, (top + bottom) / 2, left, bottom]], rle } };
}

function withRotatedBox([left, top, right, bottom]: Xyxy): Partial<Detection> {
  const [centerX, centerY] = [(left + right) / 2, (top + bottom) / 2];
  const [width, height] = [right - left, (bottom - top) / 2];
  return { rotated: { centerX, centerY, width, height, angle: 0.3 } };
}

/** Without script, style and pictures. */
function textOf(page: string): string {
  return page.replace(/<(script|style)>[\s\S]*?<\/\1>/g, '').replace(/data:image[^"]*/g, '');
}

describe('the report', () => {
  const cases = [0, 1, 9, 10, 24, 130];
  for (const images of cases) {
    it(`of ${images} images has one h1, a language, and no dead link in the page`, async () => {
      const page = await madeReport({ rows: { images }, photos: 3 });
      assert.equal(page.match(/<h1/g)?.length, 1);
      assert.match(page, /<html lang="en">/);
      const ids = idsIn(page);
      assert.equal(new Set(ids).size, ids.length, 'an id is used twice');
      const links = [...page.matchAll(/href="#([^"]+)"/g)].map((match) => match[1]!);
      assert.ok(links.length > 0);
      assert.deepEqual(
        links.filter((link) => !ids.includes(link)),
        [],
      );
      assert.doesNotMatch(textOf(page), /NaN|undefined|Infinity/);
    });
  }

  it('never says what a map cannot know', async () => {
    const page = await madeReport({
      rows: {
        images: 130,
        measures: (i) => (i % 9 === 0 ? { box_lift_fused: 0.5, border_lift_fused: 3 } : {}),
        failed: (i) => (i === 5 ? { status: 'failed_to_infer', reason: 'No result.' } : undefined),
      },
      photos: 3,
    });
    assert.doesNotMatch(textOf(page), forbidden);
    assert.match(page, /agreement of the model with itself, not correctness/);
    assert.match(page, /No gate was set/);
  });

  it('draws no distribution below 10 images', async () => {
    const nine = await madeReport({ rows: { images: 9 }, photos: 0 });
    assert.doesNotMatch(nine, /class="bars"/);
    const ten = await madeReport({ rows: { images: 10 }, photos: 0 });
    assert.match(ten, /class="bars"/);
  });

  it('says that no image failed, or which did and what to do', async () => {
    const good = await madeReport({ rows: { images: 10 }, photos: 0 });
    assert.match(good, /No image failed\./);
    const bad = await madeReport({
      rows: {
        images: 10,
        failed: () => ({ status: 'failed_to_decode', reason: 'The image is empty.' }),
      },
      photos: 0,
    });
    assert.match(bad, /all 10 failed to decode/);
    assert.match(bad, /The image is empty\./);
    assert.match(bad, /failures\.jsonl/);
  });

  it('says which shards failed, why, and how to try them again', async () => {
    const page = await madeReport({
      rows: { images: 10 },
      photos: 0,
      failedShards: new Map([[2, 'no <manifest>']]),
    });
    assert.match(page, /<li>Shard 2: <bdi>no &lt;manifest&gt;<\/bdi><\/li>/);
    assert.match(page, /<code>eigenfleet resume \S+ --out \S+results --retry-failed<\/code>/);
  });

  it('of a classifier speaks of top classes and not of boxes', async () => {
    const page = await madeReport({ rows: { images: 20, task: 'classify' }, photos: 2 });
    assert.match(page, /top class/);
    assert.doesNotMatch(page, /id="heat-in-boxes"|Median size/);
  });

  for (const [task, form, formOf] of [
    ['segment', 'masks', withMask],
    ['obb', 'rotated boxes', withRotatedBox],
    ['detect', 'boxes', () => ({})],
  ] as const) {
    it(`of a ${task} model says ${form} and draws them from stored rows`, async () => {
      const page = await madeReport({ rows: { images: 20, task, formOf }, photos: 2 });
      const text = textOf(page);
      assert.match(text, new RegExp(`heat lies inside the ${form} the model drew`));
      assert.match(text, new RegExp(`The ${form} are the model&#39;s own`));
      assert.match(text, new RegExp(`<dt>heat inside ${form}</dt>`));
      const [, drawing = ''] =
        /class="boxes" alt="" src="data:image\/svg\+xml;base64,([^"]+)"/.exec(page) ?? [];
      const paths = Buffer.from(drawing, 'base64').toString();
      const isUpright = / d="M\d+ \d+h\d+V/.test(paths);
      assert.equal(isUpright, task === 'detect', paths.slice(0, 600));
    });
  }

  it('escapes titles, file names, class names and reasons', async () => {
    const page = await madeReport({
      spec: { classNames: nasty, name: nasty[0]! },
      rows: {
        images: 40,
        classes: nasty.length,
        keyOf: (i) => `${i}/${nasty[i % nasty.length]}.jpg`,
        failed: (i) => (i < 2 ? { status: 'failed_to_decode', reason: nasty[i]! } : undefined),
      },
      photos: 0,
    });
    assert.doesNotMatch(page, /<img src=x/);
    assert.doesNotMatch(page, /<b>bold/);
    assert.ok(!page.includes('\u202e'), 'a direction override is not shown as it is');
    assert.ok(page.includes('abc\\u202egpj.exe'));
    assert.ok(page.includes('line\\nbreak'));
    assert.ok(page.includes('class 7 (no name)'));
    assert.ok(page.includes('<bdi>All</bdi>'));
    assert.ok(page.includes('🩸 blut'));
  });

  it('loads nothing: no address outside the page, and a policy that admits its own script only', async () => {
    const page = await madeReport({ rows: { images: 24 } });
    assert.doesNotMatch(page, /https?:\/\/|\/\/\w+\.\w+\//);
    const script = /<script>([\s\S]*?)<\/script>/.exec(page)?.[1] ?? '';
    const hash = createHash('sha256').update(script).digest('base64');
    assert.ok(page.includes(`script-src &#39;sha256-${hash.replaceAll('&', '&amp;')}&#39;`));
    assert.match(page, /default-src &#39;none&#39;; img-src data:/);
    for (const [, source] of page.matchAll(/ src="([^"]*)"/g))
      assert.match(source!, /^data:image\//);
  });

  it('stays under 3 MB with noise, 80 classes, 48 cards and names of 300 characters', async () => {
    const name = (i: number) => `${String(i).padStart(4, '0')}${'x'.repeat(292)}.jpg`;
    const page = await madeReport({
      spec: { classNames: Array.from({ length: 80 }, (_, i) => `${i}${'c'.repeat(298)}`) },
      rows: {
        ...{ images: 110, classes: 80, keyOf: name, objects: () => 40 },
        measures: (i) => ({
          ...(i < 20 && { border_lift_fused: 3 }),
          ...(i >= 20 && i < 40 && { entropy_fused: 0.99 }),
        }),
      },
      ...{ noise: true, evidence: true, boxMaps: true },
    });
    assert.equal(page.match(/<article/g)?.length, 48);
    assert.equal(page.match(/class="map b\d"/g)?.length, 48 * 4, 'the same number on each card');
    assert.ok(page.match(/class="map e\d+"/g)!.length > 8, 'with class evidence');
    assert.ok(Buffer.byteLength(page) < 3_000_000, `${Buffer.byteLength(page)} bytes`);
    // 1,250 of them are those of box maps.
    assert.ok(page.match(/<[a-z]/g)!.length < 7400, `${page.match(/<[a-z]/g)!.length} nodes`);
  });

  it('offers the classes whose evidence is on its cards, apart from the maps of layers', async () => {
    const page = await madeReport({ rows: { images: 24 }, evidence: true });
    assert.match(page, /<legend>Class evidence<\/legend>/);
    for (const id of [0, 1, 2]) assert.match(page, new RegExp(`id="map-e${id}"`));
    assert.match(page, /its own score and not a cause/);
    assert.match(
      page,
      /these cover 44 %: lift 1.6 of at most 2.3; 43 % of the attainable: self-agreement/,
    );
    const hero = /<figure class="hero-figure">.*?<\/figure>/s.exec(page)?.[0];
    assert.doesNotMatch(hero ?? '', /map e\d/, 'the first picture is of the fused map');
    assert.match(page, /aria-label="Class evidence"/, 'the table of figures');
    assert.match(
      page,
      /Where the model scores each class.*of 24 images drawn evenly.*<bdi>RBC<\/bdi>/s,
    );
    const without = await madeReport({ rows: { images: 24 } });
    assert.doesNotMatch(
      without,
      /model scores each class<|<legend>Class evidence|aria-label="Class evidence"|map e\d/,
    );
  });

  it('offers the boxes of a card whose maps it has, the strongest first, apart from the other maps', async () => {
    const rows = { images: 24, objects: (i: number) => i % 12 };
    const page = await madeReport({ rows, boxMaps: true });
    assert.match(page, /<legend>Box map<\/legend>/);
    assert.match(page, /similar features, and not a cause/);
    const cards = page.match(/<article.*?<\/article>/gs) ?? [];
    for (const card of cards) {
      const scores = [...card.matchAll(/<\/bdi> (0\.\d\d|1\.00)<\/label>/g)].map((one) =>
        Number(one[1]),
      );
      assert.deepEqual(
        scores,
        scores.toSorted((a, b) => b - a),
      );
      for (const part of [/class="map b\d"/g, /class="hit b\d"/g, /class="of-box b\d"/g]) {
        assert.equal(card.match(part)?.length ?? 0, scores.length, String(part));
      }
      assert.equal(card.match(/ checked>/g)?.length ?? 0, Math.min(1, scores.length));
    }
    assert.equal(Math.max(...cards.map((card) => card.match(/class="hit/g)?.length ?? 0)), 8);
    const hero = /<figure class="hero-figure">.*?<\/figure>/s.exec(page)?.[0];
    assert.doesNotMatch(hero ?? '', /map b\d|class="hit/, 'the first picture is of the fused map');
    const without = await madeReport({ rows });
    assert.doesNotMatch(without, /<legend>Box map|map b\d|#map-box/);
  });

  it('offers at most six classes, those on the most cards', async () => {
    const classNames = Array.from({ length: 30 }, (_, i) => `kind ${i}`);
    const rows = { images: 24, classes: 30, objects: () => 4 };
    const page = await madeReport({ spec: { classNames }, rows, evidence: true });
    const offered = page.match(/id="map-e\d+"/g) ?? [];
    assert.equal(offered.length, 6);
    const shown = new Set(page.match(/class="map e\d+"/g));
    assert.equal(shown.size, 6, 'cards have no map that nobody can choose');
  });

  describe('with an evaluation', () => {
    const evaluated = { labels: true, evidence: true, rows: { images: 40, objects: () => 9 } };

    it('says on the first screen what the model is worth, and links every count to its crops', async () => {
      const page = await madeReport(evaluated);
      const ids = idsIn(page);
      assert.equal(new Set(ids).size, ids.length, 'an id is used twice');
      const links = [...page.matchAll(/href="#([^"]+)"/g)].map((match) => match[1]!);
      assert.deepEqual(
        links.filter((link) => !ids.includes(link)),
        [],
      );
      assert.doesNotMatch(textOf(page), /NaN|undefined|Infinity/);
      const hero = /<section class="hero".*?<\/section>/s.exec(page)?.[0] ?? '';
      assert.match(hero, /<dt>False positives<\/dt><dd><a href="#objects-fp-\d">/);
      assert.match(hero, /<dt>Misses<\/dt><dd><a href="#objects-fn-\d">/);
      assert.match(hero, /<dt>Confusions<\/dt><dd><a href="#objects-confused-\d-\d">/);
      assert.match(hero, /mAP50 0\.553/);
      assert.match(page, /The first \d+ of \d+, the most confident first; the rest are in/);
      assert.match(page, /class="heat"/);
      assert.match(page, /<table class="confusions">/);
    });

    it('escapes class and file names in tables and crops', async () => {
      const page = await madeReport({
        ...evaluated,
        spec: { classNames: nasty },
        rows: {
          ...evaluated.rows,
          classes: nasty.length,
          keyOf: (i) => `${i}/${nasty[i % nasty.length]}.jpg`,
        },
        verdict: verdictOf(nasty[0]!),
      });
      assert.doesNotMatch(page, /<img src=x|<b>bold/);
      assert.ok(!page.includes('\u202e'));
      assert.match(page, /<code>&lt;img src=x onerror=alert\(1\)&gt;<\/code>/);
    });

    it('shows the rules, failed ones first, each with its finding and its images', async () => {
      const page = await madeReport({ ...evaluated, verdict: verdictOf('map50 >= 0.5') });
      const rules = /<div class="panel verdict".*?<\/div>/s.exec(page)?.[0] ?? '';
      assert.match(rules, /Rules failed: 1 failed and 1 passed/);
      assert.match(rules, /aria-label="Problem".*recall\.RBC.*aria-label="Fine".*map50/s);
      assert.match(rules, /<a href="#objects-fn-0"><code>recall\.RBC &gt;= 0\.9<\/code>/);
      assert.match(rules, /<a href="#picture-0-1"><bdi>image-00001\.jpg<\/bdi><\/a> \(3 misses\)/);
      assert.doesNotMatch(page, /No gate was set/);
    });

    it('has maps alone where the images are unavailable', async () => {
      const page = await madeReport({ ...evaluated, photos: 0 });
      const crops = /<section id="objects".*?<\/section>/s.exec(page)?.[0] ?? '';
      assert.doesNotMatch(crops, /image\/webp/);
      assert.match(crops, /class="heat"/);
      assert.match(crops, /The photo is no longer at its place\./);
    });

    it('of many classes lists the largest confusions', async () => {
      const classNames = Array.from({ length: 30 }, (_, i) => `kind ${i}`);
      const rows = { ...evaluated.rows, classes: 30 };
      const page = await madeReport({ ...evaluated, spec: { classNames }, rows });
      assert.doesNotMatch(page, /<table class="confusions">/);
      assert.match(page, /aria-label="Largest confusions"/);
    });

    it('stays under 3 MB with noise, 80 classes and names of 300 characters', async () => {
      const page = await madeReport({
        ...evaluated,
        spec: { classNames: Array.from({ length: 80 }, (_, i) => `${i}${'c'.repeat(298)}`) },
        rows: {
          ...{ images: 64, classes: 80, objects: () => 20 },
          keyOf: (i) => `${String(i).padStart(4, '0')}${'x'.repeat(292)}.jpg`,
        },
        noise: true,
      });
      assert.ok(page.match(/class="crop"/g)!.length > 100);
      assert.ok(Buffer.byteLength(page) < 3_000_000, `${Buffer.byteLength(page)} bytes`);
      assert.ok(page.match(/<[a-z]/g)!.length < 9000, `${page.match(/<[a-z]/g)!.length} nodes`);
    });

    for (const [task, formOf, path] of [
      ['segment', withMask, /stroke-width="2\.6" d="M[\d.]+ [\d.]+l/],
      ['obb', withRotatedBox, /stroke-width="2\.6" d="M[\d.]+ [\d.]+l/],
    ] as const) {
      it(`draws the objects of a ${task} model in their form`, async () => {
        const rows = { ...evaluated.rows, task, formOf };
        const page = await madeReport({ ...evaluated, rows });
        const crops = /<section id="objects".*?<\/section>/s.exec(page)?.[0] ?? '';
        const [, drawing = ''] = /svg\+xml;base64,([^"]+)"/.exec(crops) ?? [];
        assert.match(Buffer.from(drawing, 'base64').toString(), path);
      });
    }
  });
});

/** One failed rule and one that passed. */
function verdictOf(rule: string): Verdict {
  const images = [{ key: 'image-00001.jpg', shard: 0, row: 1, words: '3 misses' }];
  const parts = { n: 60, of: 'objects' } as const;
  return {
    ...{ schema: 'verdict@1', runId: 'a1b2c3d4e5f6', outcome: 'fail', sentence: '1 rule failed.' },
    counts: { pass: 1, fail: 1, undecided: 0 },
    rules: [
      { ...parts, rule, outcome: 'pass', sentence: 'It is 0.55.', value: 0.55, images: [] },
      {
        ...{ ...parts, rule: 'recall.RBC >= 0.9', outcome: 'fail', value: 0.6, images },
        sentence: 'It is 0.6 (0.5 to 0.7), of 60 objects.',
      },
    ],
  };
}
