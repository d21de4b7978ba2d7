import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import {
  type ImageSourceRequest,
  openImageSource,
} from '../../src/producer/dataset/image-source.ts';
import { newestModel } from '../../src/producer/model/newest-model.ts';
import { listDataset } from '../../src/producer/plan/listed-dataset.ts';
import { planLabels } from '../../src/producer/plan/plan-labels.ts';
import { openStore } from '../../src/shared/storage/open-store.ts';
import type { ListObjectsV2CommandOutput } from '../../src/shared/storage/s3/aws-s3.ts';
import { objectsOf } from '../../src/shared/storage/s3/s3-listing.ts';
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

  it('may have keys with empty parts, which count as they do in S3', async () => {
    const bucket = await bucketOf(['dd/0.jpg', 'list/0.jpg']);
    // Nobody writes such keys but other people's uploads.
    const put = (key: string, text = key): void => server.put(`${bucket}/${key}`, text);
    for (const key of ['dd//0.jpg', 'dd//1.jpg', '/top/0.jpg', 'dd/./2.jpg', 'dd/../3.jpg'])
      put(key);
    const at = `s3://${bucket}`;
    for (const [source, root, keys] of [
      [`${at}/dd`, '/dd', ['../3.jpg', './2.jpg', '/0.jpg', '/1.jpg', '0.jpg']],
      [`${at}/dd//`, '/dd', ['/0.jpg', '/1.jpg']],
      [`${at}//top`, '', ['/top/0.jpg']],
      [`${at}//top/`, '', ['/top/0.jpg']],
      [`${at}/dd//1.jpg`, '/dd', ['/1.jpg']],
      [`${at}//top/0.jpg`, '', ['/top/0.jpg']],
      [`${at}/dd//*.jpg`, '/dd', ['/0.jpg', '/1.jpg']],
      [`${at}//top/*.jpg`, '', ['/top/0.jpg']],
      [`${at}//*/*.jpg`, '', ['/top/0.jpg']],
    ] as const) {
      const found = await open({ source });
      assert.deepEqual([found.rootUri, found.keys], [at + root, keys], source);
      const store = openStore(found.rootUri, storage);
      for (const { key } of found.samples.filter((sample) => !/\.\.?\//.test(sample.key))) {
        const whole = `${root.slice(1)}${root === '' ? '' : '/'}${key}`;
        assert.equal(Buffer.from((await store.get(key))!).toString(), whole);
      }
    }
    put('list/l.txt', `${at}/dd//1.jpg\n${at}//top/0.jpg\nlist//0.jpg\n./0.jpg\n`);
    const listed = await open({ source: `${at}/list/l.txt` });
    assert.deepEqual(listed.keys, ['/top/0.jpg', 'dd//1.jpg', 'list/0.jpg', 'list/list/0.jpg']);
    put('list/data.yaml', 'val: [l.txt, ../dd]');
    const split = await open({ source: `${at}/list/data.yaml` });
    assert.deepEqual(split.keys.slice(0, 4), [
      '/top/0.jpg',
      'dd/../3.jpg',
      'dd/./2.jpg',
      'dd//0.jpg',
    ]);
  });

  it('have no parts that lead elsewhere: keys with them are counted, and refused by name', async () => {
    const bucket = await bucketOf(['dd/0.jpg']);
    server.put(`${bucket}/dd/../3.jpg`, 'x');
    const { keys, rootUri, samples } = await open({ source: `s3://${bucket}/dd` });
    assert.deepEqual(keys, ['../3.jpg', '0.jpg']);
    assert.deepEqual(samples[0], { key: '../3.jpg', sizeBytes: 0, etag: 'unreadable' });
    await assert.rejects(openStore(rootUri, storage).get('../3.jpg'), {
      code: 'storage',
      message: /"\.\.\/3\.jpg" is not a key that eigenfleet uses: it has a "\.\." part/,
    });
    await assert.rejects(open({ source: `s3://${bucket}/dd/../3.jpg` }), {
      code: 'usage',
      message: /has a "\." or "\.\." part/,
    });
    await assert.rejects(open({ source: `s3://${bucket}//` }), { code: 'usage' });
  });

  it('may be named by a list in UTF-16 with blanks and backslashes', async () => {
    const bucket = await bucketOf(['d/images/1.jpg', 'd/images/2.jpg', 'd/images/3 .jpg ']);
    const list = '\ufeffimages/1.jpg \r\n.\\images\\2.jpg\r\nimages/3 .jpg \r\n';
    server.put(`${bucket}/d/list.txt`, Buffer.from(list, 'utf16le'));
    const { keys, samples } = await open({ source: `s3://${bucket}/d/list.txt` });
    assert.deepEqual(keys, ['images/1.jpg', 'images/2.jpg', 'images/3 .jpg ']);
    assert.ok(samples.every(({ sizeBytes }) => sizeBytes > 0));
  });

  it('whose keys are not UTF-8 are counted, though no request can name them', async () => {
    const page = { EncodingType: 'url', Contents: [{ Key: 'a/ve%EDculo+1.jpg', Size: 9 }] };
    assert.deepEqual(objectsOf({ ...page, $metadata: {} } as ListObjectsV2CommandOutput), [
      { key: 'a/ve\\xEDculo 1.jpg', sizeBytes: 0, etag: 'unreadable' },
    ]);
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
      assert.match(error.message, /must not contain credentials/);
      assert.doesNotMatch(error.message, /:secret/);
      return true;
    });
  });
});

async function makeList(bucket: string, key: string, content: string): Promise<void> {
  await openStore(`s3://${bucket}`, storage).put(key, Buffer.from(content));
}

describe('labels in S3', () => {
  /** The files of an image source's labels, by image; `undefined` where an image has none. */
  async function labelsOf(uri: string, said?: string, limit?: number) {
    const source = await openImageSource({ source: uri, storage, ...(limit && { limit }) });
    const dataset = await listDataset(source.pages());
    const model = { task: 'detect', classNames: ['a', 'b'] } as const;
    const warnings: string[] = [];
    const planned = await planLabels({
      ...{ source, dataset, said, storage, keypointShape: undefined },
      model: { ...model, classNames: [...model.classNames] },
      note: () => {},
      warn: (line) => warnings.push(line),
    });
    const parts = planned === undefined ? [] : await collect(planned.parts(1));
    const keys = parts.map(({ bytes }) => JSON.parse(Buffer.from(bytes).toString()).file?.key);
    await planned?.close();
    await dataset.close();
    return { keys, spec: planned?.spec, warnings };
  }

  it('lie where Ultralytics has them, in the same place and in another root', async () => {
    const bucket = await bucketOf([
      ...['d/images/test/a.jpg', 'd/images/test/b.png', 'd/images/c.jpg'],
      ...['d/labels/test/a.txt', 'd/labels/c.txt', 'd/labels/test/z.txt'],
      ['d/data.yaml', 'names: [b, a]\n'],
    ]);
    const all = await labelsOf(`s3://${bucket}/d`);
    assert.deepEqual(all.keys, ['labels/c.txt', 'labels/test/a.txt', undefined]);
    assert.deepEqual(
      all.spec?.classes?.map(({ classId }) => classId),
      [1, 0],
    );
    const part = await labelsOf(`s3://${bucket}/d/images/test`);
    assert.deepEqual(part.keys, ['a.txt', undefined]);
    assert.equal(part.spec?.rootUri, `s3://${bucket}/d/labels/test`);
    assert.match(part.warnings[0] ?? '', /data\.yaml orders classes differently/);
    const moved = await bucketOf([['gold/test/b.txt', '0 .5 .5 .1 .1']]);
    const named = await labelsOf(`s3://${bucket}/d/images`, `s3://${moved}/gold`);
    assert.deepEqual(named.keys, [undefined, undefined, 'test/b.txt']);
  });

  it('cost listings, and no request for each image', async () => {
    const numbers = Array.from({ length: 300 }, (_, n) => String(n).padStart(4, '0'));
    const bucket = await bucketOf([
      ...numbers.map((n) => `images/x/${n}.jpg`),
      ...numbers.map((n) => `labels/x/${n}.txt`),
    ]);
    const before = server.requests.length;
    const { keys } = await labelsOf(`s3://${bucket}/images`);
    assert.equal(keys.filter((key) => key !== undefined).length, 300);
    const requests = server.requests.slice(before);
    const listings = requests.filter((request) => request.startsWith('list'));
    assert.ok(requests.length < 12, `${requests.length} requests`);
    assert.ok(listings.length <= 4, `${listings.length} listings`);
  });

  it('are absent where no image has any, and an error where they were asked for', async () => {
    const bucket = await bucketOf(['p/a.jpg', 'p/notes.txt']);
    assert.equal((await labelsOf(`s3://${bucket}/p`)).spec, undefined);
    await assert.rejects(
      labelsOf(`s3://${bucket}/p`, `s3://${bucket}/q`),
      /has no label of an image/,
    );
  });
});

describe('a model in S3', () => {
  it('is the newest that a pattern matches, and the last key of those of one second', async () => {
    const bucket = await bucketOf(['models/best-2.onnx/notes.txt', 'other/best-9.onnx']);
    const at = (second: number) => new Date(Date.UTC(2026, 10, 30, 2, 0, second));
    for (const [key, second] of [
      ['models/best-1.onnx', 7],
      ['models/best-3.onnx', 7],
      ['models/best-2.onnx', 5],
      ['models/last.onnx', 9],
      ['models/best-4.txt', 9],
      ['models/old/best-5.onnx', 9],
    ] as const) {
      server.put(`${bucket}/${key}`, key, at(second));
    }
    assert.deepEqual(await newestModel(`s3://${bucket}/models/best-*.onnx`, storage, '--model'), {
      place: `s3://${bucket}/models/best-3.onnx`,
      sentence: `s3://${bucket}/models/best-3.onnx is the newest of 3 models that match s3://${bucket}/models/best-*.onnx, written 2026-11-30 02:00:07 UTC.`,
    });
    server.put(`${bucket}/models/best-2.onnx`, 'again', at(8));
    const renewed = await newestModel(`s3://${bucket}/models/best-*.onnx`, storage, '--model');
    assert.equal(renewed?.place, `s3://${bucket}/models/best-2.onnx`);
  });

  it('may have the signs of a pattern in its key', async () => {
    const bucket = await bucketOf(['best[1].onnx', 'best1.onnx']);
    assert.equal(await newestModel(`s3://${bucket}/best[1].onnx`, storage, '--model'), undefined);
  });
});

it('a store that is opened after the AWS variables changed uses the new credentials', async () => {
  const bucket = await bucketOf(['a.jpg']);
  const get = async () =>
    Buffer.from((await openStore(`s3://${bucket}`, storage).get('a.jpg')) ?? []);
  const { AWS_SECRET_ACCESS_KEY } = process.env;
  assert.equal((await get()).toString(), 'a.jpg');
  process.env.AWS_SECRET_ACCESS_KEY = 'wrong';
  await assert.rejects(get, /secret key does not belong to the access key/);
  process.env.AWS_SECRET_ACCESS_KEY = AWS_SECRET_ACCESS_KEY;
  assert.equal((await get()).toString(), 'a.jpg');
});
