import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LabelJoin } from '../../../src/evaluate/labels/label-join.ts';
import {
  type LabelPlace,
  namedPlaces,
  usualPlaces,
} from '../../../src/evaluate/labels/label-places.ts';
import type { ObjectInfo, ObjectStore } from '../../../src/shared/storage/object-store.ts';
import { compareUtf8 } from '../../../src/shared/storage/utf8-order.ts';
import { seededRandom } from '../../support/seeded-random.ts';

/** Lists these keys, and counts how many were read. */
class ListedKeys {
  listed = 0;
  readonly #keys: readonly string[];

  constructor(keys: Iterable<string>) {
    this.#keys = [...keys].sort(compareUtf8);
  }

  get store(): Pick<ObjectStore, 'list'> {
    return { list: (prefix: string) => this.#list(prefix) };
  }

  async *#list(prefix: string): AsyncGenerator<ObjectInfo> {
    for (const key of this.#keys) {
      if (!key.startsWith(prefix)) continue;
      this.listed += 1;
      yield { key, sizeBytes: 1, etag: 'e' };
    }
  }
}

function placeOf(rootPath: string, index: number): LabelPlace {
  const place = usualPlaces(rootPath)[index];
  assert.ok(place);
  return place;
}

/** The keys of the label files that a place has for images, in order. */
const keysIn = (place: LabelPlace, images: readonly string[]) =>
  images.map((key) => place.keyOf(key)?.key);

describe('the label file of an image', () => {
  it('lies where Ultralytics looks: the last folder "images" is "labels", the extension .txt', () => {
    const [below, beside] = usualPlaces('/data/cells');
    assert.ok(below && beside);
    assert.deepEqual(
      keysIn(below, ['images/a.b.JPG', 'images/x/images/c.png', 'train/images/d/e.jpg', 'f.jpg']),
      ['labels/a.b.txt', 'images/x/labels/c.txt', 'train/labels/d/e.txt', undefined],
    );
    assert.deepEqual(keysIn(beside, ['a/b.jpg', 'images/c.jpg']), ['a/b.txt', 'images/c.txt']);
  });

  it('lies in another root where the images are given by a folder in or called "images"', () => {
    for (const [root, labels] of [
      ['/data/images', '/data/labels'],
      ['/data/images/test', '/data/labels/test'],
      ['/images/data/images/images/test', '/images/data/images/labels/test'],
      ['s3://bucket/set/images/val', 's3://bucket/set/labels/val'],
    ] as const) {
      const place = placeOf(root, 1);
      assert.equal(place.rootPath, labels);
      assert.deepEqual(keysIn(place, ['x/a.jpg', 'images/b.jpg']), ['x/a.txt', undefined]);
    }
    // A bucket is not a folder: another one may belong to anybody.
    assert.equal(usualPlaces('s3://images/val').length, 2);
  });

  it('may lie in a folder that somebody names as the images lie, below "images", or flat', () => {
    const places = namedPlaces('/labels', '/data/images/test');
    assert.deepEqual(
      places.map((place) => place.keyOf('x/a.jpg')?.key),
      ['x/a.txt', 'test/x/a.txt', 'a.txt'],
    );
  });
});

describe('label files are found in one pass over both listings', () => {
  const names = ['a', 'a-', 'a.', 'a.b', 'a.k', 'a.z', 'a/b', 'b', 'b/c.d', '\u{1F600}', '\uFFEE'];
  const extensions = ['jpg', 'png', 'webp', 'TIFF', 'a', '~'];

  it('whatever their names and extensions', async () => {
    for (let seed = 1; seed <= 40; seed++) {
      const random = seededRandom(seed);
      const pick = <One>(all: readonly One[]): One => all[Math.floor(random() * all.length)] as One;
      const some = (count: number) =>
        Array.from(
          { length: count },
          () => `${pick(['', 'x/', 'y/'])}${pick(names)}${pick(names)}`,
        );
      const images = new Set(some(60).map((name) => `images/${name}.${pick(extensions)}`));
      const stems = [...images].map((key) => key.replace(/\.[^.]*$/, ''));
      const labels = new Set(
        [...stems.filter(() => random() < 0.6), ...some(30).map((name) => `images/${name}`)].map(
          (stem) => `${stem.replace('images/', 'labels/')}.txt`,
        ),
      );
      const place = placeOf('/data', 0);
      const join = new LabelJoin(new ListedKeys(labels).store, place);
      for (const key of [...images].sort(compareUtf8)) {
        const wanted = place.keyOf(key)?.key ?? '';
        const found = await join.find(key);
        assert.equal(found?.key, labels.has(wanted) ? wanted : undefined, `seed ${seed}: ${key}`);
      }
      await join.close();
    }
  });

  it('listed only as far as images were asked for, and only their folders', async () => {
    const numbers = Array.from({ length: 2000 }, (_, n) => String(n).padStart(5, '0'));
    const keys = new ListedKeys([
      ...numbers.map((n) => `labels/test/${n}.txt`),
      ...numbers.map((n) => `labels/train/${n}.txt`),
    ]);
    const join = new LabelJoin(keys.store, placeOf('/data', 0));
    for (const n of numbers.slice(0, 50)) {
      assert.equal((await join.find(`images/test/${n}.jpg`))?.key, `labels/test/${n}.txt`);
    }
    assert.equal(keys.listed, 50);
    await join.close();
  });
});
