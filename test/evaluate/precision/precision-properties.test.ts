import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { averagePrecision } from '../../../src/evaluate/precision/average-precision.ts';
import { PrecisionAccumulator } from '../../../src/evaluate/precision/precision-accumulator.ts';
import { renumberedBlocks } from '../../../src/evaluate/precision/renumbered-blocks.ts';
import { ScoreCells } from '../../../src/evaluate/precision/score-cells.ts';
import { coarserRun } from '../../../src/evaluate/precision/score-run.ts';
import {
  type MadeImage,
  madeImages,
  plainPrecision,
  precisionImage,
} from '../../support/made-precision.ts';
import { seededRandom } from '../../support/seeded-random.ts';

function accumulated(images: readonly MadeImage[], most?: number): PrecisionAccumulator {
  const accumulator = new PrecisionAccumulator(['box'], most);
  for (const image of images) accumulator.addImage(precisionImage(image));
  return accumulator;
}

function formOf(accumulator: PrecisionAccumulator) {
  return accumulator.build().forms[0]!;
}

function shuffled<T>(items: readonly T[], seed: number): T[] {
  const random = seededRandom(seed);
  return items
    .map((item) => ({ item, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

describe('average precision by counts', () => {
  it('is that of the plain formula over all candidates in order, in 40 seeded sets', () => {
    for (let seed = 1; seed <= 40; seed++) {
      const plan = {
        seed,
        images: 12,
        classes: 1 + (seed % 4),
        perImage: 5 * (seed % 7),
        blocks: 3,
      };
      const images = madeImages(plan);
      const expected = plainPrecision(images);
      const { classes } = formOf(accumulated(images));
      assert.deepEqual(
        classes.map(({ classId }) => classId),
        [...expected.keys()],
      );
      for (const { classId, ap, bound } of classes) {
        assert.equal(bound, 0);
        for (const [i, value] of expected.get(classId)!.entries()) {
          assert.ok(Math.abs(ap[i]! - value) < 1e-12, `seed ${seed}: ${ap[i]} instead of ${value}`);
        }
      }
    }
  });

  it('has known values: half of the labels found 0.495, all 0.995, none 0', () => {
    const ranked = (found: number[], before: number[]) => ({
      found: Float64Array.from(found),
      beside: new Float64Array(found.length),
      before: Float64Array.from(before),
    });
    const near = (value: number, expected: number) =>
      assert.ok(Math.abs(value - expected) < 1e-12, `${value}`);
    near(averagePrecision(ranked([1], [0]), 2), 0.495);
    for (const n of [1, 3, 7, 100, 101]) {
      near(averagePrecision(ranked(Array(n).fill(1), Array(n).fill(0)), n), 0.995);
    }
    near(averagePrecision(ranked([], []), 4), 0);
  });

  it('lies with equal scores between the best and the worst order of them, as every order does', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const images = madeImages({
        seed,
        images: 10,
        classes: 2,
        perImage: 30,
        blocks: 1,
        step: 0.05,
      });
      const { classes } = formOf(accumulated(images));
      assert.ok(classes.some(({ bound }) => bound > 0));
      for (let order = 0; order < 3; order++) {
        const others = shuffled(
          images.map((one) => ({ ...one, candidates: shuffled(one.candidates, order) })),
          order,
        );
        const expected = plainPrecision(others);
        for (const { classId, ap50, bound } of classes) {
          const difference = Math.abs(ap50 - expected.get(classId)![0]!);
          assert.ok(
            difference <= bound + 1e-12,
            `seed ${seed}: off by ${difference}, bound ${bound}`,
          );
        }
      }
    }
  });

  it('leaves classes without labels out, and counts a class without candidates as 0', () => {
    const images: MadeImage[] = [
      {
        labelIds: [0, 2],
        block: 0,
        candidates: [
          { classId: 0, score: 0.9, bits: 1023 },
          { classId: 1, score: 0.8, bits: 0 },
        ],
      },
    ];
    const { ap50, classes } = formOf(accumulated(images));
    assert.deepEqual(
      classes.map(({ classId, ap50: ap }) => [classId, Number(ap.toFixed(3))]),
      [
        [0, 0.995],
        [2, 0],
      ],
    );
    assert.ok(Math.abs(ap50! - 0.4975) < 1e-12);
  });

  it('is not a number where nothing has labels, and 0 where nothing was found', () => {
    const background = {
      labelIds: [],
      block: 0,
      candidates: [{ classId: 0, score: 0.9, bits: 0 }],
    };
    const { ap50, ap50To95, classes } = formOf(accumulated([background]));
    assert.deepEqual([ap50, ap50To95, classes], [null, null, []]);
    assert.equal(formOf(accumulated([])).ap50, null);
    assert.equal(formOf(accumulated([{ labelIds: [3], block: 0, candidates: [] }])).ap50, 0);
  });
});

describe('merging', () => {
  const images = madeImages({ seed: 5, images: 60, classes: 3, perImage: 40, blocks: 7 });

  for (const most of [1_000_000, 300]) {
    it(`gives the same bytes in any order and grouping, with ${most} entries`, () => {
      const whole = JSON.stringify(accumulated(images, most).toPacked());
      for (let seed = 1; seed <= 6; seed++) {
        const order = shuffled(images, seed);
        const cut = 7 * seed;
        const parts = [order.slice(0, cut), order.slice(cut, cut + 10), order.slice(cut + 10)];
        const merged = new PrecisionAccumulator(['box'], most);
        for (const part of parts) {
          const stored = JSON.parse(JSON.stringify(accumulated(part, most).toPacked()));
          merged.addPacked(stored);
        }
        assert.equal(JSON.stringify(merged.toPacked()), whole);
        assert.deepEqual(merged.build(), accumulated(images, most).build());
      }
    });
  }

  it('gives the same entries where plain candidates are counted in arrays', () => {
    const random = seededRandom(3);
    const [cells, exact] = [new ScoreCells(500), new ScoreCells(1_000_000)];
    for (let i = 0; i < 6000; i++) {
      const entry = [Math.floor(random() * 9), random() ** 3, random() < 0.1 ? 5 : 0] as const;
      for (const one of [cells, exact]) one.add(...entry);
      // What is built in between is taken out into arrays.
      if (i % 1000 === 999) cells.build();
    }
    const { run, shift } = cells.build();
    assert.ok(shift > 0 && run.keys.length <= 500);
    assert.deepEqual(run, coarserRun(exact.build().run, shift));
    assert.ok(coarserRun(exact.build().run, shift - 1).keys.length > 500);
  });

  it('counts the same under other numbers of blocks', () => {
    const moved = images.map((one) => ({ ...one, block: one.block % 2 }));
    const renumbered = renumberedBlocks(accumulated(images).toPacked(), (block) => block % 2);
    assert.deepEqual(renumbered, accumulated(moved).toPacked());
  });

  it('refuses text that it did not pack', () => {
    const packed = accumulated(images).toPacked();
    const damaged = {
      ...packed,
      blocks: { ...packed.blocks, scores: packed.blocks.scores.slice(0, 400) },
    };
    assert.throws(() => new PrecisionAccumulator(['box']).addPacked(damaged), RangeError);
  });

  it('takes two to three bytes a candidate', () => {
    const many = accumulated(
      madeImages({ seed: 2, images: 256, classes: 3, perImage: 300, blocks: 1 }),
    );
    const { scores } = many.toPacked().blocks;
    assert.ok(scores.length < 4 * 256 * 300, `${scores.length / 256 / 300} characters`);
  });
});

describe('more candidates than are kept', () => {
  const images = madeImages({ seed: 11, images: 600, classes: 3, perImage: 200, blocks: 10 });

  it('are counted by score, and neither mean is off by more than the bound, which is at most 0.001', () => {
    const exact = accumulated(images).build();
    const counted = accumulated(images, 40_000).build();
    assert.deepEqual([exact.exact, counted.exact], [true, false]);
    const [whole, part] = [exact.forms[0]!, counted.forms[0]!];
    assert.ok(part.bound > 0 && part.bound <= 0.001, `bound ${part.bound}`);
    assert.ok(Math.abs(part.ap50! - whole.ap50!) <= part.bound);
    assert.ok(Math.abs(part.ap50To95! - whole.ap50To95!) <= part.bound);
    for (const [i, one] of part.classes.entries()) {
      const other = whole.classes[i]!;
      assert.equal(one.candidates, other.candidates);
      assert.ok(Math.abs(one.ap50 - other.ap50) <= one.bound);
      assert.ok(Math.abs(one.best.f1 - other.best.f1) < 0.002);
    }
  });
});

describe('the jackknife', () => {
  it('is what is left when the images of a block are taken out', () => {
    for (const seed of [1, 2, 3]) {
      const images = madeImages({
        seed,
        images: 30,
        classes: 3,
        perImage: 24,
        blocks: 6,
        step: seed === 3 ? 0.1 : 0,
      });
      const { blocks, forms } = accumulated(images).jackknife();
      const [form] = forms;
      assert.deepEqual(blocks, [0, 1, 2, 3, 4, 5]);
      for (const [i, block] of blocks.entries()) {
        const rest = formOf(accumulated(images.filter((one) => one.block !== block)));
        assert.ok(Math.abs(form!.ap50[i]! - rest.ap50!) < 1e-12);
        assert.ok(Math.abs(form!.ap50To95[i]! - rest.ap50To95!) < 1e-12);
        for (const one of form!.classes) {
          const other = rest.classes.find(({ classId }) => classId === one.classId);
          assert.ok(Math.abs(one.ap50[i]! - other!.ap50) < 1e-12);
        }
      }
      const all = formOf(accumulated(images));
      assert.ok(Math.abs(form!.all.ap50! - all.ap50!) < 1e-12);
    }
  });

  it('has no value for a class whose labels are all in the block that is left out', () => {
    const images: MadeImage[] = [
      { labelIds: [0], block: 4, candidates: [{ classId: 0, score: 0.9, bits: 1023 }] },
      { labelIds: [1], block: 9, candidates: [{ classId: 1, score: 0.5, bits: 0 }] },
      { labelIds: [], block: 9, candidates: [{ classId: 0, score: 0.95, bits: 0 }] },
    ];
    const { blocks, forms } = accumulated(images).jackknife();
    assert.deepEqual(blocks, [4, 9]);
    assert.deepEqual(
      forms[0]!.classes.map(({ ap50 }) => ap50.map((ap) => ap && Number(ap.toFixed(3)))),
      [
        [null, 0.995],
        [0, null],
      ],
    );
    assert.deepEqual(
      forms[0]!.ap50.map((ap) => Number(ap?.toFixed(3))),
      [0, 0.995],
    );
  });
});
