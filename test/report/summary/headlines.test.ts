import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { summarize } from '../../../src/report/summary/summary.ts';
import type { Summary } from '../../../src/report/summary/summary-schema.ts';
import {
  type MadeRowsOptions,
  madeRows,
  madeSpec,
  madeStatistics,
} from '../../support/made-run.ts';

const decodeFailure = { status: 'failed_to_decode', reason: 'The image is empty.' } as const;
const fetchFailure = { status: 'failed_to_fetch', reason: 'Not found.' } as const;

function summaryOf(options: MadeRowsOptions & { readonly failedShards?: number[] }): Summary {
  const rows = madeRows({ objects: () => 4, ...options });
  const { images, task = 'detect', failedShards = [] } = options;
  return summarize({
    spec: madeSpec({ images: Math.max(1, images), task }),
    statistics: madeStatistics(rows, 256, false),
    timings: { stagesMs: { inference: 1000 }, wallMs: 3100 },
    devices: { cpu: images },
    failedShards: new Map(failedShards.map((shard) => [shard, 'The disk is full.'])),
  });
}

/** With breaking spaces, for reading. */
function plain(text: string | undefined): string {
  return (text ?? '').replaceAll('\u00a0', ' ');
}

function headlines(summary: Summary): string[] {
  return summary.headlines.map(({ text }) => plain(text));
}

describe('the title', () => {
  const off = { box_lift_fused: 0.5, energy_in_boxes_fused: 0.2 };
  const border = { border_lift_fused: 3 };
  const cases: [string, MadeRowsOptions, string][] = [
    ['nothing stored', { images: 0 }, 'No image could be explained: no result was stored'],
    ['one image', { images: 1 }, 'The model found 4 objects in the one image'],
    ['9 images', { images: 9 }, 'The model found 36 objects in all 9 images'],
    ['10 images', { images: 10 }, 'The model found 40 objects in all 10 images'],
    [
      'one of 24 images off the objects, which is under 10 %',
      { images: 24, measures: (i) => (i === 3 ? off : {}) },
      'The model found 96 objects in all 24 images',
    ],
    [
      '1,000 images, 40 off the objects',
      { images: 1000, measures: (i) => (i < 40 ? off : {}) },
      'The model found 4,000 objects in all 1,000 images',
    ],
    [
      'images without objects, under 10 %',
      { images: 24, objects: (i) => (i < 2 ? 0 : 3) },
      'The model found 66 objects in 22 of 24 images; 2 images have none',
    ],
    [
      'more than 10 % flagged',
      { images: 24, measures: (i) => (i < 2 ? border : i < 4 ? { entropy_fused: 0.99 } : {}) },
      '4 of 24 images deserve a look: 2 spread over everything and 2 with heat along the border',
    ],
    [
      'more than 10 % flagged, for many reasons',
      {
        images: 2000,
        measures: (i) => ({
          ...(i < 1200 && { border_lift_fused: 3 }),
          ...(i > 1000 && { entropy_fused: 0.99 }),
          ...(i > 1900 && off),
        }),
      },
      '2,000 of 2,000 images deserve a look: 1,200 with heat along the border and 2 other reasons',
    ],
    [
      'nothing detected anywhere',
      { images: 24, objects: () => 0 },
      '24 of 24 images deserve a look: 24 without a detection',
    ],
    [
      'more than 5 % failed, which comes before flags',
      {
        images: 24,
        failed: (i) => (i < 2 ? decodeFailure : i === 2 ? fetchFailure : undefined),
        measures: () => border,
      },
      '3 of 24 images failed: 2 could not be decoded and 1 could not be fetched',
    ],
    [
      'all failed in one way',
      { images: 24, failed: () => decodeFailure },
      'No image could be explained: all 24 failed to decode',
    ],
    [
      'all failed in two ways',
      { images: 24, failed: (i) => (i < 20 ? decodeFailure : fetchFailure) },
      'No image could be explained: 20 could not be decoded and 4 could not be fetched',
    ],
    [
      'the only image failed',
      { images: 1, failed: () => decodeFailure },
      'The one image could not be decoded',
    ],
    [
      'a classifier',
      { images: 12, task: 'classify', classes: 1 },
      'The most frequent top class is RBC: all 12 images',
    ],
  ];
  for (const [name, options, expected] of cases) {
    it(`of ${name}: ${expected}`, () => {
      assert.equal(plain(summaryOf(options).title.text), expected);
    });
  }

  it('says nothing of the heat on objects when it is flagged off them everywhere', () => {
    const { title } = summaryOf({ images: 24, measures: () => off });
    assert.equal(plain(title.text), '24 of 24 images deserve a look: 24 with heat off the objects');
    assert.equal(title.tone, 'look');
  });
});

describe('the headlines', () => {
  it('name self-agreement and give medians with their denominators', () => {
    const measures = () => ({
      energy_in_boxes_fused: 0.68,
      box_area: 0.45,
      box_lift_fused: 1.51,
      layer_agreement: 0.6,
    });
    assert.deepEqual(headlines(summaryOf({ images: 24, measures })), [
      'In the typical image 68 % of the heat lies inside the boxes the model drew, which cover 45 % of it: 1.5 times an even spread.',
      'No image was flagged.',
      'In the typical image the maps of the layers agree to 0.6 (1: the same map, 0: unrelated).',
    ]);
  });

  it('put a few failures among 1,000 before everything else', () => {
    const failed = (i: number) => (i < 9 ? decodeFailure : i < 12 ? fetchFailure : undefined);
    const [first] = headlines(summaryOf({ images: 1000, failed }));
    assert.equal(
      first,
      '12 of 1,000 images failed: 9 could not be decoded and 3 could not be fetched.',
    );
  });

  it('say how many images have no object, without calling them missed', () => {
    const border = (i: number) => (i < 6 ? { border_lift_fused: 3 } : {});
    const objects = (i: number) => (i === 0 ? 0 : 15);
    const found = headlines(summaryOf({ images: 24, objects, measures: border }))[0];
    assert.equal(found, 'The model found 345 objects in 23 of 24 images; 1 image has none.');
  });

  it('speak of no typical image below 10', () => {
    const text = headlines(summaryOf({ images: 9 })).join(' ');
    assert.doesNotMatch(text, /typical|median/);
    assert.match(text, /In all 9 images more heat lies inside the boxes/);
  });

  it('say which results are missing', () => {
    const [first] = headlines(summaryOf({ images: 24, failedShards: [3, 1] }));
    assert.match(first ?? '', /^The results of 2 shards are missing/);
  });

  it('keep the time apart from what does not change', () => {
    const summary = summaryOf({ images: 24 });
    assert.equal(plain(summary.timings.headline), '24 images explained in 3.1 s on the CPU.');
    assert.doesNotMatch(JSON.stringify({ ...summary, timings: 0 }), /3\.1 s/);
  });

  it('are five at most', () => {
    const failed = (i: number) => (i === 0 ? decodeFailure : undefined);
    const summary = summaryOf({ images: 1000, failed, failedShards: [1] });
    assert.equal(summary.headlines.length, 5);
  });
});

describe('what is said of boxes that agree with themselves', () => {
  const perfect = { energy_in_boxes_fused: 0.99, box_area: 0.1, box_lift_fused: 9.9 };
  const everything = { energy_in_boxes_fused: 0.99, box_area: 0.8, box_lift_fused: 1.24 };

  it('is never fine without labels', () => {
    for (const task of ['detect', 'segment', 'pose', 'obb', 'classify', 'none'] as const) {
      for (const images of [1, 9, 24, 1000]) {
        const { title, headlines: below } = summaryOf({ images, task, measures: () => perfect });
        for (const { tone, text } of [title, ...below]) assert.notEqual(tone, 'fine', text);
      }
    }
  });

  it('is called agreement with itself', () => {
    const { headlines: below } = summaryOf({ images: 24, measures: () => perfect });
    const heat = below.find(({ proof }) => proof === 'heat-in-boxes');
    assert.equal(heat?.tone, 'note');
    assert.match(heat?.next ?? '', /agreement of the model with itself, not correctness/);
  });

  it('warns when boxes cover most of the image, whatever the number of images', () => {
    const heats = [4, 24].map((images) => {
      const { headlines: below } = summaryOf({ images, measures: () => everything });
      return below.find(({ proof }) => proof === 'heat-in-boxes');
    });
    assert.deepEqual(
      heats.map((heat) => heat?.tone),
      ['look', 'look'],
    );
    assert.equal(
      plain(heats[1]?.text),
      'The boxes the model drew cover 80 % of the typical image, so most heat lies inside them by chance alone: 99 % does, 1.2 times an even spread.',
    );
  });

  it('gives way to labels where there are some', () => {
    const labeled = {
      ...{ energy_in_labels_fused: 0.4, label_lift_fused: 0.8, label_area: 0.5 },
      labeled_objects: 3,
    };
    const summary = summaryOf({ images: 24, measures: () => ({ ...perfect, ...labeled }) });
    assert.equal(
      plain(summary.title.text),
      'The model found 96 objects in all 24 images; the labels of 24 images name 72',
    );
    const heat = summary.headlines.find(({ text }) => text.includes('labeled boxes'));
    assert.equal(
      plain(heat?.text),
      'In the typical image 40 % of the heat lies inside labeled boxes, which cover 50 % of it: 0.8 times an even spread.',
    );
    assert.equal(heat?.tone, 'look');
  });
});

describe('every sentence', () => {
  const degenerate = { entropy_fused: undefined, center_x_fused: undefined };
  const cases: [string, Parameters<typeof summaryOf>[0]][] = [
    ['objects', { images: 24 }],
    ['no object', { images: 24, objects: () => 0 }],
    ['one image', { images: 1 }],
    ['classes', { images: 24, task: 'classify' }],
    ['maps alone', { images: 24, task: 'none' }],
    ['failures', { images: 24, failed: (i) => (i < 3 ? decodeFailure : undefined) }],
    ['failures only', { images: 24, failed: () => fetchFailure }],
    ['degenerate maps', { images: 24, measures: () => degenerate }],
    ['missing shards', { images: 24, failedShards: [3] }],
    ['nothing', { images: 0 }],
  ];
  for (const [name, options] of cases) {
    it(`of ${name} ends in what to do next`, () => {
      const { title, headlines: below } = summaryOf(options);
      for (const { text, next } of [title, ...below]) assert.match(next ?? '', /^[A-Z].*\.$/, text);
    });
  }

  it('of degenerate maps is a problem', () => {
    const { title } = summaryOf({ images: 24, measures: () => degenerate });
    assert.equal(title.text, '24 of 24 images deserve a look: 24 with a degenerate map');
    assert.equal(title.tone, 'problem');
  });
});
