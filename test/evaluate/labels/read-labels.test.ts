import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { classFolders } from '../../../src/evaluate/labels/class-folders.ts';
import { matchClasses } from '../../../src/evaluate/labels/class-matching.ts';
import { labelRegions } from '../../../src/evaluate/labels/label-regions.ts';
import { placeLabels } from '../../../src/evaluate/labels/place-labels.ts';
import { readLabels } from '../../../src/evaluate/labels/read-labels.ts';
import type { LabelSpec } from '../../../src/shared/run/labels/label.ts';
import { collect } from '../../support/collect.ts';

const digest = '0'.repeat(64);
const spec: LabelSpec = { kind: 'yolo', rootUri: 'file:///labels', images: 1, digest };
const file = { key: 'a.txt', sizeBytes: 1, etag: '' };

function read(text: string, labels: Partial<LabelSpec> = {}) {
  const context = { classNames: ['RBC', 'WBC', 'Platelets'], withKeypoints: false, key: 'a.jpg' };
  return readLabels({ file }, { ...context, spec: { ...spec, ...labels } }, async () => ({
    status: 'success',
    bytes: Buffer.from(text),
  }));
}

async function* samplesOf(keys: readonly string[]) {
  for (const key of keys) yield { key, sizeBytes: 1, etag: '' };
}

describe('labels in the words of the model', () => {
  it('have the class of the same name, whatever its place in data.yaml', async () => {
    const model = ['RBC', 'WBC', 'Platelets'];
    const { classes, warning } = matchClasses(['platelets', 'RBC', 'WBC'], model, 'data.yaml');
    assert.match(warning ?? '', /data\.yaml orders classes differently/);
    const { labels } = await read('0 .5 .5 .2 .2\n1 .5 .5 .2 .2\n2 .5 .5 .2 .2', { classes });
    assert.deepEqual(
      labels.map(({ classId }) => classId),
      [2, 0, 1],
    );
  });

  it('leave out classes that the model lacks, and say so', async () => {
    const { classes, warning } = matchClasses(['WBC', 'dust'], ['RBC', 'WBC'], 'data.yaml');
    assert.match(warning ?? '', /lacks \(dust\)/);
    const some = await read('1 .5 .5 .2 .2\n0 .5 .5 .2 .2', { classes });
    assert.deepEqual(some.remarks, [{ what: 'the model has no class "dust"', where: 'a.txt' }]);
    assert.deepEqual(
      some.labels.map(({ classId }) => classId),
      [1],
    );
    // What is in an image with nothing else is not known to be background.
    assert.equal((await read('1 .5 .5 .2 .2', { classes })).status, 'unusable');
  });

  it('go by their ids where no name says otherwise', () => {
    assert.deepEqual(matchClasses(['a', 'b'], ['a', 'b'], 'data.yaml'), {});
    assert.deepEqual(matchClasses(['a', 'b'], ['class 0', 'class 1'], 'data.yaml'), {});
    const renamed = matchClasses(['rot', 'blau'], ['red', 'blue'], 'data.yaml');
    assert.equal(renamed.classes, undefined);
    assert.match(renamed.warning ?? '', /taken as they are/);
    const other = matchClasses(['rot'], ['red', 'blue'], 'data.yaml');
    assert.deepEqual(other.classes, [{ name: 'rot', classId: null }]);
  });

  it('may name as many classes as data.yaml has', async () => {
    const classes = [{ name: 'WBC', classId: 1 }];
    assert.equal((await read('1 .5 .5 .2 .2', { classes })).status, 'unusable');
    assert.equal((await read('2 .5 .5 .2 .2')).status, 'labeled');
    assert.equal((await read('3 .5 .5 .2 .2')).status, 'unusable');
  });
});

describe('what is known of an image', () => {
  it('is background without a label file and with an empty one, and nothing with a bad one', async () => {
    const context = { spec, classNames: ['a'], withKeypoints: false, key: 'a.jpg' };
    const none = await readLabels({}, context, async () => assert.fail());
    assert.equal(none.status, 'background');
    assert.equal((await read('')).status, 'background');
    const bad = await read('\n0 .5 .5 2 .2');
    assert.equal(bad.status, 'unusable');
    assert.equal(bad.remarks[0]?.where, 'a.txt:2');
    const gone = await readLabels({ file }, context, async () => ({
      ...{ status: 'failed_to_fetch', reason: 'the file does not exist' },
    }));
    assert.equal(gone.status, 'unusable');
  });

  it('changes its digest with the file', async () => {
    const [first, same, other] = await Promise.all(['', '', ' '].map((text) => read(text)));
    assert.equal(first?.digest, same?.digest);
    assert.notEqual(first?.digest, other?.digest);
  });
});

describe('labels in pixels', () => {
  const size = { width: 200, height: 100 };
  const geometry = {
    ...{ ...size, newWidth: 200, newHeight: 100 },
    ...{ left: 0, top: 50, inputWidth: 200, inputHeight: 200 },
  };

  it('are clipped to the image', async () => {
    const { objects } = placeLabels(await read('0 0.95 0.5 0.3 1'), size, 'box');
    assert.deepEqual(objects[0]?.box.map(Math.round), [160, 0, 200, 100]);
  });

  it('are rotated boxes for a model that finds such, and masks for a segment model', async () => {
    const diamond = await read('0 0.25 0.103 0.4485 0.5 0.25 0.897 0.0515 0.5');
    const { objects } = placeLabels(diamond, size, 'rotated');
    const { centerX = 0, centerY = 0, width = 0 } = objects[0]?.rotated ?? {};
    assert.ok(Math.abs(centerX - 50) < 1e-4 && Math.abs(centerY - 50) < 1e-4);
    assert.ok(Math.abs(width - 39.7 * Math.SQRT2) < 1e-3);
    const [region] = labelRegions(placeLabels(diamond, size, 'mask').objects, geometry, 'mask');
    const bits = region?.mask?.input?.bits ?? new Uint8Array();
    const area = bits.reduce((sum, bit) => sum + bit, 0);
    assert.ok(Math.abs(area - 3152) < 40, `${area} pixels of 3152`);
  });
});

describe('class folders', () => {
  const folders = (rootPath: string) =>
    classFolders({ rootPath, rootUri: 'file:///x', modelNames: ['RBC', 'WBC'] });
  const namesOf = async (rootPath: string, keys: readonly string[]) => {
    const source = folders(rootPath);
    const entries = await collect(source.entries(samplesOf(keys)));
    const names = source.classNames() ?? [];
    return entries.map(({ labels }) => labels && names[labels[0]?.classId ?? -1]);
  };

  it('lie in a split, or are called as a class is', async () => {
    assert.deepEqual(
      await namesOf('/data', ['test/WBC/a.jpg', 'test/new/b/c.jpg', 'train/RBC/x/d.jpg', 'e.jpg']),
      ['WBC', 'new', 'RBC', undefined],
    );
    assert.deepEqual(await namesOf('/data/test', ['WBC/a.jpg', 'x/RBC/b.jpg']), ['WBC', 'RBC']);
    assert.deepEqual(await namesOf('/data/test/WBC', ['a.jpg']), ['WBC']);
    assert.deepEqual(await namesOf('/home/WBC', ['a.jpg']), [undefined]);
  });
});
