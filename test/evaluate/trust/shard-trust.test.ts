import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import type { ObjectTrust } from '../../../src/evaluate/result/object-row.ts';
import { ShardTrust } from '../../../src/evaluate/trust/shard-trust.ts';
import type { TrustImage, TrustRegion } from '../../../src/evaluate/trust/trust-image.ts';
import type { Xyxy } from '../../../src/shared/run/detection.ts';
import type { LetterboxGeometry } from '../../../src/shared/run/letterbox-geometry.ts';

const geometry: LetterboxGeometry = {
  ...{ width: 40, height: 40, newWidth: 40, newHeight: 40 },
  ...{ left: 0, top: 0, inputWidth: 40, inputHeight: 40 },
};

/** A map of 4 x 4 cells of 10 pixels. */
function map(values: Readonly<Record<number, number>>, classId = 0) {
  const cells = Float32Array.from({ length: 16 }, (_, cell) => values[cell] ?? 0);
  return { classId, map: cells, gridWidth: 4, gridHeight: 4 };
}

function label(box: Xyxy, classId = 0): TrustRegion {
  return { classId, region: { box }, isObject: true };
}

function falsePositive(box: Xyxy, classId = 0): TrustRegion {
  return { ...label(box, classId), isObject: false };
}

function trustOf(...images: Pick<TrustImage, 'evidence' | 'regions' | 'fused'>[]): ObjectTrust[][] {
  const shard = new ShardTrust();
  for (const image of images) shard.add({ geometry, ...image });
  return shard.build();
}

function only(trust: readonly ObjectTrust[][]): ObjectTrust {
  const one = trust[0]?.[0];
  assert.ok(one);
  return one;
}

describe('trust in an object', () => {
  it('is the part of the squared evidence inside, against the area', () => {
    const one = only(
      trustOf({ evidence: [map({ 0: 3, 15: 1 })], regions: [label([0, 0, 10, 10])] }),
    );
    assert.deepEqual(one, {
      ...{ share: 0.9, area: 1 / 16, lift: 0.9 * 16, attainable: (0.9 - 1 / 16) / (15 / 16) },
      ...{ pointed: true, relevanceRank: 1 },
    });
  });

  it('is not held against by what the model says of other objects of the class', () => {
    const evidence = [map({ 0: 3, 5: 3, 15: 1 })];
    const [first, second] = trustOf({
      evidence,
      regions: [label([0, 0, 10, 10]), label([10, 10, 20, 20])],
    })[0] as ObjectTrust[];
    assert.deepEqual(first, second);
    assert.equal(first?.share, 0.9);
    assert.equal(first?.area, 1 / 15);
    assert.equal(first?.pointed, true);
  });

  it('of a false positive counts the evidence of other false positives as elsewhere, and that of labels not', () => {
    const evidence = [map({ 0: 3, 5: 3, 15: 3 })];
    const regions = [
      label([0, 0, 10, 10]),
      falsePositive([10, 10, 20, 20]),
      falsePositive([30, 30, 40, 40]),
    ];
    const [ofLabel, first, second] = trustOf({ evidence, regions })[0] as ObjectTrust[];
    assert.equal(ofLabel?.share, 1 / 3);
    assert.equal(ofLabel?.pointed, false);
    assert.equal(first?.share, 1 / 2);
    assert.equal(second?.share, 1 / 2);
  });

  it('of a false positive over a label has the evidence that both cover', () => {
    const evidence = [map({ 0: 3, 15: 3 })];
    const regions = [label([0, 0, 10, 10]), falsePositive([0, 0, 20, 10])];
    const [, false_] = trustOf({ evidence, regions })[0] as ObjectTrust[];
    assert.equal(false_?.share, 1 / 2);
    assert.equal(false_?.area, 2 / 16);
  });

  it('of a map that is the same everywhere is 1, whatever else lies in the image', () => {
    const flat = map(Object.fromEntries(Array.from({ length: 16 }, (_, cell) => [cell, 2])));
    const regions = [label([3, 3, 17, 12]), label([10, 5, 31, 38]), falsePositive([1, 1, 14, 39])];
    for (const one of trustOf({ evidence: [flat], regions })[0] as ObjectTrust[]) {
      assert.ok(Math.abs((one.lift ?? 0) - 1) < 1e-6);
      assert.ok(Math.abs(one.attainable ?? 1) < 1e-6);
      assert.equal(one.pointed, false);
    }
  });

  it('knows nothing without evidence of the class, and nothing of a map without any', () => {
    assert.deepEqual(
      only(trustOf({ evidence: [map({ 0: 1 }, 1)], regions: [label([0, 0, 9, 9])] })),
      {},
    );
    assert.deepEqual(only(trustOf({ evidence: [map({})], regions: [label([0, 0, 9, 9])] })), {});
    assert.deepEqual(
      only(trustOf({ evidence: [map({ 0: 1 })], regions: [label([50, 50, 60, 60])] })),
      {},
    );
  });

  it('is a lift of 0 where all evidence lies in other objects', () => {
    const regions = [label([30, 30, 40, 40]), label([0, 0, 10, 10])];
    const one = only(trustOf({ evidence: [map({ 0: 1 })], regions }));
    assert.equal(one.lift, 0);
    assert.equal(one.pointed, false);
    assert.equal(one.relevanceRank, 0);
  });

  it('has the coverage by the fused map, which is of no class', () => {
    const fused = map({ 0: 1, 15: 1 });
    const regions = [label([0, 0, 10, 10], 7)];
    assert.deepEqual(only(trustOf({ evidence: [], fused, regions })), { coverage: 8 });
  });
});

describe('the lift of other images', () => {
  const here = { evidence: [map({ 0: 1 })], regions: [label([0, 0, 10, 10])] };
  const there = { evidence: [map({ 15: 1 })], regions: [label([30, 30, 40, 40])] };

  it('is what the maps of the other images have over the region', () => {
    const [[first] = [], [second] = []] = trustOf(here, there);
    assert.equal(first?.otherImagesLift, 0);
    assert.equal(second?.otherImagesLift, 0);
    assert.equal(only(trustOf(here, here)).otherImagesLift, 16);
  });

  it('is that of the mean map of the others, whatever the order', () => {
    const [[first] = []] = trustOf(here, here, there);
    assert.equal(first?.otherImagesLift, 8);
    assert.equal(trustOf(there, here, here)[1]?.[0]?.otherImagesLift, 8);
  });

  it('is absent where no other image has objects and evidence of the class', () => {
    assert.equal('otherImagesLift' in only(trustOf(here)), false);
    const noObject = { ...there, regions: [falsePositive([30, 30, 40, 40])] };
    const [[first] = [], [second] = []] = trustOf(here, noObject);
    assert.equal('otherImagesLift' in (first ?? {}), false);
    assert.equal(second?.otherImagesLift, 0);
  });
});

interface StoredImage {
  readonly geometry: LetterboxGeometry;
  readonly regions: readonly { classId: number; box: Xyxy; isObject: boolean }[];
  readonly evidence: readonly {
    readonly classId: number;
    readonly gridWidth: number;
    readonly gridHeight: number;
    readonly high: number;
    readonly bytes: string;
  }[];
}

it('trust in every object of eight images is that of a raster in NumPy', () => {
  const shards = golden<StoredImage[][]>('inputs');
  const expected = golden<ObjectTrust[][][]>('expected');
  for (const [index, images] of shards.entries()) {
    const shard = new ShardTrust();
    for (const image of images) shard.add(imageOf(image));
    const found = shard.build();
    for (const [at, ofImage] of (expected[index] ?? []).entries()) {
      assert.equal(found[at]?.length, ofImage.length);
      for (const [i, one] of ofImage.entries()) assertClose(found[at]?.[i] ?? {}, one);
    }
  }
});

function golden<Content>(name: string): Content {
  return JSON.parse(readFileSync(`test/golden/trust/${name}.json`, 'utf8')) as Content;
}

function imageOf({ geometry: place, regions, evidence }: StoredImage): TrustImage {
  return {
    geometry: place,
    regions: regions.map(({ box, ...one }) => ({ ...one, region: { box } })),
    evidence: evidence.map(({ bytes, high, ...one }) => ({
      ...one,
      map: Float32Array.from(Buffer.from(bytes, 'base64'), (value) => (value / 255) * high),
    })),
  };
}

function assertClose(found: ObjectTrust, expected: ObjectTrust): void {
  assert.deepEqual(Object.keys(found).sort(), Object.keys(expected).sort());
  for (const name of Object.keys(expected) as (keyof ObjectTrust)[]) {
    const [one, other] = [Number(found[name]), Number(expected[name])];
    // Frames are held in steps of 1 / 4096.
    const least = name === 'otherImagesLift' ? 2e-3 : 2e-6;
    const isClose = Math.abs(one - other) <= least * Math.max(1, Math.abs(other));
    assert.ok(isClose, `${name}: ${one} instead of ${other}`);
  }
}

describe('masks and rotated boxes', () => {
  /** 40 x 20 pixels in the middle of an input of 40 x 40. */
  const wide: LetterboxGeometry = { ...geometry, height: 20, newHeight: 20, top: 10 };
  const evidence = [map({ 4: 3, 5: 1, 6: 2, 11: 1 })];
  const boxes: Xyxy[] = [
    [2, 3, 14, 11],
    [10, 6, 38, 18],
  ];

  function shardOf(regionOf: (box: Xyxy) => TrustRegion['region']): ObjectTrust[][] {
    const shard = new ShardTrust();
    const [first, second] = boxes.map((box, index) => {
      return { classId: 0, region: regionOf(box), isObject: index === 0 };
    });
    assert.ok(first && second);
    shard.add({ geometry: wide, evidence, regions: [first, second] });
    shard.add({ geometry: wide, evidence: [map({ 5: 1, 9: 4 })], regions: [first] });
    return shard.build();
  }

  it('that are boxes have the numbers of boxes', () => {
    const ofBoxes = shardOf((box) => ({ box }));
    assert.equal(ofBoxes[0]?.[0]?.otherImagesLift === undefined, false);
    const ofRotated = shardOf((box) => {
      const [left, top, right, bottom] = box;
      const center = { centerX: (left + right) / 2, centerY: (top + bottom) / 2 };
      return { box, rotated: { ...center, width: right - left, height: bottom - top, angle: 0 } };
    });
    const ofMasks = shardOf((box) => {
      const [left, top, right, bottom] = box;
      const [width, height] = [right - left, bottom - top];
      const bits = new Uint8Array(width * height).fill(1);
      return { box, mask: { input: { left, top: top + 10, width, height, bits } } };
    });
    for (const found of [ofRotated, ofMasks]) {
      for (const [index, image] of ofBoxes.entries()) {
        for (const [i, one] of image.entries()) assertAlmost(found[index]?.[i] ?? {}, one);
      }
    }
  });

  function assertAlmost(found: ObjectTrust, expected: ObjectTrust): void {
    assert.deepEqual(Object.keys(found).sort(), Object.keys(expected).sort());
    for (const name of Object.keys(expected) as (keyof ObjectTrust)[]) {
      const difference = Math.abs(Number(found[name]) - Number(expected[name]));
      assert.ok(difference < 1e-5, `${name}: ${found[name]} instead of ${expected[name]}`);
    }
  }
});
