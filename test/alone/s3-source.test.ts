import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import {
  type ImageSourceRequest,
  openImageSource,
} from '../../src/producer/dataset/image-source.ts';
import { openStore } from '../../src/shared/storage/open-store.ts';
import { collect } from '../support/collect.ts';
import { makeBucket } from '../support/s3-bucket.ts';
import { useTestCredentials } from '../support/s3-credentials.ts';
import { startS3Server } from '../support/s3-server.ts';

useTestCredentials();
const server = await startS3Server();
after(() => server.close());
const storage = { s3Endpoint: server.endpoint };

/** A bucket with these objects; a plain key holds its own name. Folders are made as consoles make them. */
async function bucketOf(objects: readonly (string | readonly [string, string])[]): Promise<string> {
  const bucket = await makeBucket(server.endpoint);
  for (const object of objects) {
    const [key, content] = typeof object === 'string' ? [object, object] : object;
    await bucket.store().put(key, Buffer.from(content));
  }
  return bucket.name;
}

async function open(request: ImageSourceRequest) {
  const source = await openImageSource({ ...request, storage });
  const samples = await collect(source.samples());
  return { ...source, keys: samples.map(({ key }) => key), samples };
}

describe('images in S3', () => {
  it('are those below a prefix, in the order of their keys, with size and etag', async () => {
    const bucket = await bucketOf([
      ...['set/b.jpg', 'set/a b+c.png', 'set/sub/Ä.JPG', 'set/notes.txt', 'set/.hidden/x.jpg'],
      ...['setting/no.jpg', 'other/no.jpg'],
    ]);
    const source = await open({ source: `s3://${bucket}/set/` });
    assert.deepEqual(source.keys, ['a b+c.png', 'b.jpg', 'sub/Ä.JPG']);
    assert.equal(source.rootUri, `s3://${bucket}/set`);
    assert.equal(source.datasetName, 'set');
    assert.equal(source.samples[1]?.sizeBytes, 'set/b.jpg'.length);
    assert.match(source.samples[1]?.etag ?? '', /^[0-9a-f]{32}$/);
  });

  it('may be a whole bucket', async () => {
    const bucket = await bucketOf(['b.jpg', 'a/b.jpg']);
    const source = await open({ source: `s3://${bucket}` });
    assert.deepEqual(source.keys, ['a/b.jpg', 'b.jpg']);
    assert.equal(source.datasetName, bucket);
  });

  it('pass the same filters and limit as in a folder', async () => {
    const bucket = await bucketOf(['p/a/1.jpg', 'p/a/2.jpg', 'p/b/1.jpg', 'p/b/2_aug.jpg']);
    const source = `s3://${bucket}/p`;
    assert.deepEqual((await open({ source, include: ['b/'] })).keys, ['b/1.jpg', 'b/2_aug.jpg']);
    assert.deepEqual((await open({ source, exclude: ['*_aug.jpg'], limit: 2 })).keys, [
      'a/1.jpg',
      'a/2.jpg',
    ]);
  });

  it('may be one image, or those that a pattern matches', async () => {
    const bucket = await bucketOf(['p/a/1.jpg', 'p/b/1.jpg', 'p/b/x[1].jpg']);
    assert.deepEqual((await open({ source: `s3://${bucket}/p/b/1.jpg` })).keys, ['1.jpg']);
    assert.deepEqual((await open({ source: `s3://${bucket}/p/b/x[1].jpg` })).keys, ['x[1].jpg']);
    const pattern = await open({ source: `s3://${bucket}/p/**/1.jpg` });
    assert.deepEqual(pattern.keys, ['a/1.jpg', 'b/1.jpg']);
    assert.equal(pattern.rootUri, `s3://${bucket}/p`);
  });

  it('are those of one split', async () => {
    const bucket = await bucketOf(['d/train/1.jpg', 'd/valid/2.jpg', 'e/images/test/3.jpg']);
    assert.deepEqual((await open({ source: `s3://${bucket}/d`, split: 'val' })).keys, [
      'valid/2.jpg',
    ]);
    assert.deepEqual((await open({ source: `s3://${bucket}/e`, split: 'test' })).keys, [
      'images/test/3.jpg',
    ]);
    await assert.rejects(open({ source: `s3://${bucket}/d`, split: 'test' }), {
      code: 'dataset',
      message: /no folder for split "test"; it has train, valid\./,
    });
  });

  it('may be named in a text list beside them', async () => {
    const bucket = await bucketOf(['d/images/1.jpg', 'd/images/2.jpg', 'e/3.jpg']);
    const list = `images/1.jpg\n./images/2.jpg\n# no image\n/e/3.jpg\ns3://${bucket}/d/gone.jpg\n`;
    const other = await bucketOf([]);
    await makeList(bucket, 'd/list.txt', list);
    const source = await open({ source: `s3://${bucket}/d/list.txt` });
    assert.deepEqual(source.keys, ['d/gone.jpg', 'd/images/1.jpg', 'd/images/2.jpg', 'e/3.jpg']);
    assert.equal(source.samples[0]?.etag, 'missing');
    await makeList(bucket, 'd/list.txt', `s3://${other}/1.jpg`);
    await assert.rejects(open({ source: `s3://${bucket}/d/list.txt` }), { code: 'dataset' });
  });

  it('may be a split of a data.yaml, with its class names', async () => {
    const bucket = await bucketOf([
      [
        'd/data.yaml',
        'path: /data/somebody/d\ntrain: ../train/images\nval: list.txt\nnames: [cell]',
      ],
      ['d/list.txt', 'valid/images/2.jpg'],
      ...['d/train/images/1.jpg', 'd/valid/images/2.jpg'],
    ]);
    for (const source of [`s3://${bucket}/d/data.yaml`, `s3://${bucket}/d`]) {
      const train = await open({ source, split: 'train' });
      assert.deepEqual(train.keys, ['train/images/1.jpg']);
      assert.deepEqual(train.classNames, ['cell']);
      assert.deepEqual((await open({ source, split: 'val' })).keys, ['valid/images/2.jpg']);
    }
    await assert.rejects(open({ source: `s3://${bucket}/d/data.yaml`, split: 'test' }), {
      message: /has no split "test"; it has train, val/,
    });
  });

  it('must be there', async () => {
    const bucket = await bucketOf(['p/notes.txt']);
    await assert.rejects(open({ source: `s3://${bucket}/p` }), {
      code: 'dataset',
      message: /There is no image among the 1 files of s3:\/\/.*\/p \(1 \.txt\)/,
    });
    await assert.rejects(open({ source: `s3://${bucket}/q` }), /There is no file in s3:\/\//);
    await assert.rejects(open({ source: 's3://no-such-bucket/p' }), {
      name: 'StorageUnavailableError',
      message: /there is no such bucket/,
    });
    await assert.rejects(open({ source: 's3://key:secret@bucket/p' }), (error: Error) => {
      assert.match(error.message, /holds no credentials/);
      assert.doesNotMatch(error.message, /:secret/);
      return true;
    });
  });
});

async function makeList(bucket: string, key: string, content: string): Promise<void> {
  await openStore(`s3://${bucket}`, storage).put(key, Buffer.from(content));
}
