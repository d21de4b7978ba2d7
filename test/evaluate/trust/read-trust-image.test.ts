import assert from 'node:assert/strict';
import { it } from 'node:test';
import { readTrustImage } from '../../../src/evaluate/trust/read-trust-image.ts';
import { RunLengths } from '../../../src/shared/run/coco-rle.ts';
import type { LabeledObject } from '../../../src/shared/run/labels/sample-labels.ts';
import { exampleRows } from '../../support/example-rows.ts';
import { tinySpec } from '../../support/tiny-spec.ts';

const geometry = {
  ...{ width: 80, height: 40, newWidth: 40, newHeight: 20 },
  ...{ left: 0, top: 10, inputWidth: 40, inputHeight: 40 },
};

/** A segment model's image with one hit and one false positive. */
async function regionsFor(label: LabeledObject) {
  const spec = await tinySpec('.');
  const runs = new RunLengths(geometry);
  for (let column = 10; column < 20; column++) runs.add(column, 4, 20);
  const mask = { polygons: [], rle: runs.encode() };
  const detection = { box: [8, 2, 22, 22] as const, score: 0.5, classId: 0, mask };
  const { evidence: _, mapRow: __, ...row } = exampleRows[0] as (typeof exampleRows)[number];
  const image = await readTrustImage(
    {
      stored: { getRange: () => assert.fail('nothing is stored of this image') },
      spec: { ...spec, model: { ...spec.model, task: 'segment' } },
      shard: 0,
    },
    {
      ...row,
      ...{ geometry, detections: [detection, detection] },
      labels: { status: 'labeled', objects: [label], remarks: [] },
    },
    [
      { outcome: 'tp', classId: 0, detection: 0, label: 0 },
      { outcome: 'fp', classId: 0, detection: 1, label: null },
    ] as never,
  );
  return image?.regions.map(({ region }) => region);
}

it('labels of a segment model that are boxes make boxes of its false positives too', async () => {
  const box = [8, 2, 22, 22] as const;
  assert.deepEqual(await regionsFor({ classId: 0, box }), [{ box }, { box }]);
});

it('labels of a segment model that are outlines are compared with the masks of its false positives', async () => {
  const box = [8, 2, 22, 22] as const;
  const regions = await regionsFor({ classId: 0, box, polygons: [[8, 2, 22, 2, 22, 22, 8, 22]] });
  assert.deepEqual(
    regions?.map((region) => region.mask?.input !== undefined),
    [true, true],
  );
});
