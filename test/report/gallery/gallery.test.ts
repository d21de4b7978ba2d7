import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { chooseGallery, galleryPlan } from '../../../src/report/gallery/gallery.ts';
import { addressOf } from '../../../src/shared/run/places/row-address.ts';
import { type MadeRowsOptions, madeRows, madeStatistics } from '../../support/made-run.ts';

function galleryOf(options: MadeRowsOptions, cards = galleryPlan(options.images).cards) {
  const rows = madeRows({ objects: () => 3, ...options });
  const statistics = madeStatistics(rows, 256, false);
  const byAddress = new Map(
    rows.map((row, i) => [addressOf({ shard: Math.floor(i / 256), row: row.row }), row]),
  );
  const evenRows = new Map(
    statistics.evenSample.map((one) => [addressOf(one), byAddress.get(addressOf(one))!]),
  );
  const values = rows
    .flatMap((row) => row.measures.energy_in_boxes_fused ?? [])
    .sort((a, b) => a - b);
  const median = values[Math.floor(values.length / 2)] ?? 0;
  const plan = { cards, cardsPerGroup: 8 };
  return {
    rows,
    median,
    groups: chooseGallery({ statistics, evenRows, median, plan, form: 'boxes' }),
  };
}

describe('the gallery', () => {
  it('shows an image once', () => {
    const { groups } = galleryOf({
      images: 60,
      measures: (i) => (i < 9 ? { border_lift_fused: 3 } : {}),
    });
    const shown = groups.flatMap((group) => group.exemplars.map(({ key }) => key));
    assert.equal(new Set(shown).size, shown.length);
    assert.equal(shown.length, 24);
  });

  it('begins with unflagged images nearest the median', () => {
    const { groups, rows, median } = galleryOf({
      images: 300,
      measures: (i) => (i % 2 === 0 ? { border_lift_fused: 3 } : {}),
    });
    const [typical] = groups;
    assert.equal(typical?.id, 'typical');
    const distances = typical!.exemplars.map(({ value }) => Math.abs(value - median));
    assert.deepEqual(
      distances,
      [...distances].sort((a, b) => a - b),
    );
    for (const { key } of typical!.exemplars) {
      assert.deepEqual(rows.find((row) => row.key === key)?.flags, []);
    }
  });

  it('gives every reason its turn: a frequent flag crowds out no other group', () => {
    const { groups } = galleryOf({
      images: 200,
      measures: (i) => ({ border_lift_fused: 3, ...(i < 3 && { entropy_fused: 0.99 }) }),
    });
    const sizes = Object.fromEntries(groups.map(({ id, exemplars }) => [id, exemplars.length]));
    assert.deepEqual(sizes, {
      diffuse: 3,
      'border-focus': 8,
      'least-in-boxes': 8,
      'most-in-boxes': 8,
      'layers-disagree': 8,
    });
  });

  it('puts the least and the most heat inside boxes first in their groups', () => {
    const { groups, rows } = galleryOf({ images: 100 });
    const values = rows.map((row) => row.measures.energy_in_boxes_fused!);
    const first = (id: string) => groups.find((group) => group.id === id)?.exemplars[0]?.value;
    assert.equal(first('least-in-boxes'), Math.min(...values));
    assert.equal(first('most-in-boxes'), Math.max(...values));
  });

  it('of a classifier goes by spread and confidence', () => {
    const { groups } = galleryOf({ images: 100, task: 'classify' });
    assert.deepEqual(
      groups.map(({ id }) => id),
      ['typical', 'most-gathered', 'most-spread', 'layers-disagree'],
    );
  });

  it('of a run in which everything failed is empty', () => {
    const failed = () => ({ status: 'failed_to_fetch', reason: 'Not found.' }) as const;
    assert.deepEqual(galleryOf({ images: 5, failed }).groups, []);
  });

  it('has 24 cards for a small set and 48 for any larger one', () => {
    assert.deepEqual(
      [24, 99, 100, 10_000_000].map((images) => galleryPlan(images).cards),
      [24, 24, 48, 48],
    );
  });
});
