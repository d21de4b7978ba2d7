import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { EigenfleetError } from '../../src/shared/errors.ts';
import { BlockingFolderStore } from '../../src/shared/storage/folder/blocking-folder-store.ts';
import { FolderStore } from '../../src/shared/storage/folder-store.ts';
import { MemoryStore } from '../../src/shared/storage/memory-store.ts';
import type { ObjectStore } from '../../src/shared/storage/object-store.ts';
import { collect } from '../support/collect.ts';
import { makeBucket } from '../support/s3-bucket.ts';
import { useTestCredentials } from '../support/s3-credentials.ts';
import { startRealS3 } from '../support/s3-real.ts';
import { startS3Server } from '../support/s3-server.ts';
import { mostKeys } from '../support/s3-xml.ts';

interface Subject {
  readonly name: string;
  /** An empty store, and how to get rid of it. */
  open(): Promise<{ store: ObjectStore; close(): Promise<void> }>;
}

useTestCredentials();
const testServer = await startS3Server();
const realServer = await startRealS3();
after(async () => {
  await testServer.close();
  await realServer?.close();
});

/** A new implementation is one more line here. */
const subjects: readonly Subject[] = [
  { name: 'memory store', open: async () => ({ store: new MemoryStore(), close: async () => {} }) },
  { name: 'folder store', open: () => openFolder(FolderStore) },
  { name: 'folder store of a thread', open: () => openFolder(BlockingFolderStore) },
  { name: 'S3 store on the server of the tests', open: () => openS3(testServer.endpoint) },
  ...(realServer === undefined
    ? []
    : [{ name: `S3 store on ${realServer.name}`, open: () => openS3(realServer.endpoint) }]),
];

async function openFolder(
  Store: typeof FolderStore,
): Promise<{ store: ObjectStore; close(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'eigenfleet-store-'));
  // The root itself does not exist yet: the first put makes it.
  const store = new Store(join(folder, 'results'));
  return { store, close: () => rm(folder, { recursive: true }) };
}

/** A bucket of its own, since a server may keep empty folders; below a prefix, as results are. */
async function openS3(endpoint: string): Promise<{ store: ObjectStore; close(): Promise<void> }> {
  const bucket = await makeBucket(endpoint);
  return { store: bucket.store({ prefix: 'some folder/results' }), close: () => bucket.remove() };
}

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

async function textOf(bytes: Promise<Uint8Array | undefined>): Promise<string | undefined> {
  const found = await bytes;
  return found === undefined ? undefined : new TextDecoder().decode(found);
}

async function keysOf(store: ObjectStore, prefix: string): Promise<string[]> {
  return (await collect(store.list(prefix))).map(({ key }) => key);
}

for (const subject of subjects) {
  describe(`a ${subject.name}`, () => {
    const test = (
      name: string,
      body: (store: ObjectStore) => Promise<void>,
      skip: string | false = false,
    ): void => {
      it(name, { skip }, async () => {
        const { store, close } = await subject.open();
        try {
          await body(store);
        } finally {
          await close();
        }
      });
    };

    test('gives back what was put, and its size', async (store) => {
      const put = await store.put('a/b.bin', Uint8Array.of(0, 255, 10, 13));
      assert.deepEqual([...(await store.get('a/b.bin'))!], [0, 255, 10, 13]);
      assert.equal(put.key, 'a/b.bin');
      assert.equal(put.sizeBytes, 4);
      assert.deepEqual(await store.head('a/b.bin'), put);
    });

    test('holds empty objects', async (store) => {
      await store.put('empty', new Uint8Array());
      assert.equal((await store.get('empty'))?.length, 0);
      assert.equal((await store.head('empty'))?.sizeBytes, 0);
    });

    test('answers undefined for what is not there, folders included', async (store) => {
      await store.put('folder/file', bytesOf('x'));
      for (const key of ['nothing', 'folder', 'folder/file/below', 'x'.repeat(300)]) {
        assert.equal(await store.get(key), undefined, key);
        assert.equal(await store.getRange(key, 0, 1), undefined, key);
        assert.equal(await store.head(key), undefined, key);
      }
    });

    test('reads half-open ranges, cut at the end of the object', async (store) => {
      await store.put('digits', bytesOf('0123456789'));
      assert.equal(await textOf(store.getRange('digits', 2, 5)), '234');
      assert.equal(await textOf(store.getRange('digits', 8, 99)), '89');
      assert.equal(await textOf(store.getRange('digits', 3, 3)), '');
    });

    test('replaces what was there, with another etag for another content', async (store) => {
      const first = await store.put('key', bytesOf('first'));
      const second = await store.put('key', bytesOf('secon'));
      assert.equal(await textOf(store.get('key')), 'secon');
      assert.notEqual(first.etag, second.etag);
    });

    test('keeps its own copy of the bytes', async (store) => {
      const bytes = Buffer.from('before');
      await store.put('key', bytes);
      bytes.write('AFTER!');
      (await store.get('key'))!.fill(0);
      assert.equal(await textOf(store.get('key')), 'before');
    });

    test('lists whole keys in UTF-8 order, as S3 does', async (store) => {
      const keys = [
        'a-b',
        'a.b/x',
        'a/b.c/x',
        'a/b/x',
        'a/z',
        'a0',
        'b',
        'é/x',
        '\uff5e',
        '\u{1f9ec}',
      ];
      for (const key of keys.toReversed()) await store.put(key, bytesOf(key));
      const sorted = keys.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
      assert.deepEqual(await keysOf(store, ''), sorted);
    });

    test('keeps spaces, plus and percent signs, markup and other scripts in keys', async (store) => {
      const keys = ['a b.jpg', 'a+b.jpg', 'a%2Bb.jpg', '<&">\'.jpg', 'Zelle Ä 細胞 🧬.jpg'];
      for (const key of keys) await store.put(`in here/${key}`, bytesOf(key));
      for (const key of keys) assert.equal(await textOf(store.get(`in here/${key}`)), key);
      const listed = (await keysOf(store, 'in here/')).map((key) => key.slice('in here/'.length));
      assert.deepEqual(new Set(listed), new Set(keys));
    });

    test('lists by the start of the key, not by folder', async (store) => {
      for (const key of ['run/1', 'run/2', 'runner', 'other']) await store.put(key, bytesOf(key));
      assert.deepEqual(await keysOf(store, 'run'), ['run/1', 'run/2', 'runner']);
      assert.deepEqual(await keysOf(store, 'run/'), ['run/1', 'run/2']);
      assert.deepEqual(await keysOf(store, 'run/2'), ['run/2']);
      assert.deepEqual(await keysOf(store, 'nothing/'), []);
    });

    test('lists the sizes and etags that put and head gave', async (store) => {
      const put = await store.put('a/b', bytesOf('12345'));
      const [{ modifiedAt: _, ...listed } = assert.fail(), ...others] = await collect(
        store.list('a/'),
      );
      assert.deepEqual([listed, ...others], [put]);
    });

    test('lists when objects were written, to the second at least', async (store) => {
      const before = Date.now();
      await store.put('a/b', bytesOf('12345'));
      const [{ modifiedAt = 0 } = {}] = await collect(store.list('a/'));
      // Servers of S3 cut off what is less than a second, and a file system's clock moves in steps.
      assert.ok(modifiedAt > before - 1_100 && modifiedAt < Date.now() + 100, String(modifiedAt));
    });

    test('names the folders directly below a prefix', async (store) => {
      for (const key of ['a/b/c', 'a/b/d/e', 'a/f', 'a/g/h', 'z'])
        await store.put(key, bytesOf(''));
      assert.deepEqual(await collect(store.listFolders('')), ['a']);
      await store.put('a/b-2/x', bytesOf(''));
      assert.deepEqual(await collect(store.listFolders('a/')), ['b', 'b-2', 'g']);
      assert.deepEqual(await collect(store.listFolders('nothing/')), []);
    });

    test('deletes, and does not mind when there is nothing', async (store) => {
      await store.put('a/b', bytesOf('x'));
      await store.delete('a/b');
      await store.delete('a/b');
      await store.delete('a');
      assert.equal(await store.get('a/b'), undefined);
      assert.deepEqual(await keysOf(store, ''), []);
    });

    test('copies an object that is the one that was meant, whatever its name', async (store) => {
      for (const name of ['plain.bin', 'a b+c%2B &<é🧬>.bin', 'empty']) {
        const put = await store.put(`from/${name}`, bytesOf(name === 'empty' ? '' : name));
        const copy = await store.copy(put, `to/${name}`);
        assert.equal(copy?.key, `to/${name}`);
        assert.deepEqual(copy, await store.head(`to/${name}`));
        assert.deepEqual(await store.get(`to/${name}`), await store.get(`from/${name}`));
      }
    });

    test('copies over what is there, and neither of the two follows the other', async (store) => {
      const put = await store.put('from', bytesOf('first'));
      await store.put('to', bytesOf('other'));
      assert.ok(await store.copy(put, 'to'));
      assert.ok(await store.copy(put, 'to'));
      await store.put('from', bytesOf('again'));
      assert.equal(await textOf(store.get('to')), 'first');
      await store.delete('from');
      assert.equal(await textOf(store.get('to')), 'first');
    });

    test('copies nothing that is gone or another object by now', async (store) => {
      const put = await store.put('from', bytesOf('first'));
      await store.put('from', bytesOf('secon'));
      assert.equal(await store.copy(put, 'a/to'), undefined);
      await store.delete('from');
      assert.equal(await store.copy(put, 'a/to'), undefined);
    });

    test('copies large objects', async (store) => {
      const bytes = Buffer.alloc(17 * 1024 * 1024, 'a large object');
      await store.put('large', bytes);
      // Not the etag of `put`: see below.
      const copy = await store.copy((await store.head('large'))!, 'copy');
      assert.equal(copy?.sizeBytes, bytes.length);
      assert.ok(bytes.equals((await store.get('copy'))!));
    });

    test('refuses keys that could point outside its root', async (store) => {
      const emptyParts = ['/etc/passwd', 'a//b', 'a/'];
      for (const key of ['', '../up', 'a/../../up', './a', 'a\0b', ...emptyParts]) {
        const refused = (error: unknown): boolean =>
          error instanceof EigenfleetError && error.code === 'storage';
        await assert.rejects(store.put(key, bytesOf('x')), refused, key);
        await assert.rejects(store.delete(key), refused, key);
        // To S3 a key is a mere text: users have keys with empty parts, and want their images read.
        if (emptyParts.includes(key) && subject.name.startsWith('S3')) continue;
        await assert.rejects(store.get(key), refused, key);
      }
      await assert.rejects(collect(store.list('../')), EigenfleetError);
    });

    test('lets many puts and gets run at once, and lists more than one page of keys', async (store) => {
      // Pages of S3 have 1,000.
      const length = subject.name.includes('rclone') ? 1010 : mostKeys + 10;
      const keys = Array.from({ length }, (_, i) => `many/${i % 7}/${i}`);
      await Promise.all(keys.map((key) => store.put(key, bytesOf(key))));
      const some = keys.filter((_, index) => index % 10 === 0);
      const read = await Promise.all(some.map((key) => textOf(store.get(key))));
      assert.deepEqual(read, some);
      assert.deepEqual(await keysOf(store, 'many/'), keys.toSorted());
    });

    test('holds large objects', async (store) => {
      const bytes = Buffer.alloc(17 * 1024 * 1024, 'a large object');
      await store.put('large', bytes);
      // Not the etag: some servers name one when the parts are joined, and another afterwards. Shards survive that by their sha256.
      assert.equal((await store.head('large'))?.sizeBytes, bytes.length);
      assert.ok(bytes.equals((await store.get('large'))!));
    });

    test(
      'shows one whole object while the key is written over and over',
      async (store) => {
        const contents = Array.from({ length: 20 }, (_, i) => String(i % 10).repeat(50_000 + i));
        const writes = Promise.all(contents.map((content) => store.put('hot', bytesOf(content))));
        const seen: (string | undefined)[] = [];
        for (let i = 0; i < 20; i++) seen.push(await textOf(store.get('hot')));
        await writes;
        for (const content of seen)
          if (content !== undefined) assert.ok(contents.includes(content));
        assert.ok(contents.includes((await textOf(store.get('hot')))!));
      },
      subject.name.includes('rclone') && 'rclone serves from files that it writes in place',
    );

    test('stops reading when asked', async (store) => {
      await store.put('key', bytesOf('x'));
      await assert.rejects(store.get('key', AbortSignal.abort()), { name: 'AbortError' });
    });
  });
}
