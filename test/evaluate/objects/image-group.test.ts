import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { groupOf, groupsOf } from '../../../src/evaluate/objects/image-group.ts';

describe('the group of an image', () => {
  it('is the image itself, or its folder', () => {
    assert.equal(groupOf('image')('a/b.jpg'), 'a/b.jpg');
    assert.equal(groupOf('folder')('cam/1/b.jpg'), 'cam/1');
    assert.equal(groupOf('folder')('b.jpg'), '.');
  });

  it('is the video whose frame it is: the name without its number, within its folder', () => {
    const video = groupOf('video');
    assert.equal(video('cars/left_000123.jpg'), 'cars/left');
    assert.equal(video('cars/left-frame-7.png'), 'cars/left');
    assert.equal(video('left_2.jpg'), 'left');
    assert.equal(video('cars/000123.jpg'), 'cars');
    assert.equal(video('cars/no-number.jpg'), 'cars/no-number');
    assert.notEqual(video('a/left_1.jpg'), video('b/left_1.jpg'));
  });

  it('is what the first group of a pattern finds, else its match, else the image', () => {
    assert.equal(groupOf('^(patient\\d+)_')('patient12_3.jpg'), 'patient12');
    assert.equal(groupOf('^[a-z]+')('slide7.jpg'), 'slide');
    assert.equal(groupOf('^(patient\\d+)_')('other.jpg'), 'other.jpg');
  });

  it('refuses a pattern that would never end, in a sentence', () => {
    assert.deepEqual(groupsOf('^[a-z]', ['a1', 'b2']), ['a', 'b']);
    assert.throws(() => groupsOf('^(a+)+$', [`${'a'.repeat(60)}!`]), {
      code: 'usage',
      message: /takes more than 1 s for 1 names/,
    });
  });

  it('refuses what is no pattern, and says what is', () => {
    assert.throws(() => groupOf('('), { code: 'usage', message: /--group is not a pattern/ });
    assert.throws(() => groupOf(''), { code: 'usage', message: /folder, video/ });
  });
});
