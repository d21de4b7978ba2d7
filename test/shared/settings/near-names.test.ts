import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { nearNames } from '../../../src/shared/settings/near-names.ts';

describe('near names', () => {
  it('are those with few other letters, nearest first', () => {
    assert.deepEqual(nearNames('imagse', ['labels', 'image', 'images', 'x']), ['image', 'images']);
    assert.deepEqual(nearNames('BEST.onnx', ['best.onnx', 'last.onnx', 'data.yaml']), [
      'best.onnx',
      'last.onnx',
    ]);
  });

  it('take two letters that were swapped for one mistake', () => {
    assert.deepEqual(nearNames('modle', ['images', 'model', 'out']), ['model']);
    assert.equal(nearNames('imgzs', ['images', 'imgsz'])[0], 'imgsz');
  });

  it('are those that hold the word, and never more than asked for', () => {
    assert.deepEqual(nearNames('val', ['validation-images', 'train']), ['validation-images']);
    assert.deepEqual(nearNames('a1', ['a2', 'a3', 'a4', 'a5'], 2), []);
    assert.equal(nearNames('img1', ['img2', 'img3', 'img4', 'img5'], 2).length, 2);
  });

  it('are named once', () => {
    assert.deepEqual(nearNames('recal', ['recall', 'recall']), ['recall']);
  });

  it('are none when nothing is near', () => {
    assert.deepEqual(nearNames('conf', ['maps', 'shardSize']), []);
  });
});
