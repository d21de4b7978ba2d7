import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, readdir, readFile, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { EigenfleetError } from '../../../src/shared/errors.ts';
import { storageError } from '../../../src/shared/host/storage-error.ts';
import { FolderStore } from '../../../src/shared/storage/folder-store.ts';
import { checkKey, temporaryPrefix } from '../../../src/shared/storage/object-key-check.ts';
import { collect } from '../../support/collect.ts';
import { tempDir } from '../../support/temp-dir.ts';

const isRoot = process.getuid?.() === 0;
const isLinux = process.platform === 'linux';

const bytes = new Uint8Array([1, 2, 3]);

async function keysOf(store: FolderStore, prefix = ''): Promise<string[]> {
  return (await collect(store.list(prefix))).map(({ key }) => key);
}

describe('FolderStore', () => {
  it('says where it is as a file URI', () => {
    assert.equal(new FolderStore('/data/my images').uri, 'file:///data/my%20images');
  });

  it('makes nothing before the first put, and lists nothing then', async () => {
    const folder = tempDir();
    const store = new FolderStore(join(folder, 'new'));
    assert.deepEqual(await keysOf(store), []);
    assert.equal(await store.get('a'), undefined);
    assert.deepEqual(await readdir(folder), []);
  });

  it('removes folders that are empty after a delete, below its root alone', async () => {
    const root = join(tempDir(), 'out');
    const store = new FolderStore(root);
    for (const key of ['run/maps/a', 'run/maps/b', 'run/c']) await store.put(key, bytes);
    await mkdir(join(root, 'kept'));
    await store.delete('run/maps/a');
    assert.deepEqual(await readdir(join(root, 'run/maps')), ['b']);
    await store.delete('run/maps/b');
    assert.deepEqual(await readdir(join(root, 'run')), ['c']);
    await store.delete('run/c');
    assert.deepEqual(await readdir(root), ['kept']);
    await store.put('run/maps/a', bytes);
    assert.deepEqual(await keysOf(store), ['run/maps/a']);
  });

  it('loses no write to somebody who empties the folder meanwhile', async () => {
    const root = tempDir();
    const [writer, remover] = [new FolderStore(root), new FolderStore(root)];
    const cycle = async (n: number) => {
      await remover.put(`a/b/${n}`, bytes);
      await remover.delete(`a/b/${n}`);
    };
    for (let n = 0; n < 40; n++) {
      await Promise.all([writer.put('a/b/kept', bytes), cycle(n), cycle(n + 100)]);
      assert.deepEqual(await keysOf(writer), ['a/b/kept'], String(n));
      await writer.delete('a/b/kept');
    }
    assert.deepEqual(await readdir(root), []);
  });

  it('copies without writing the bytes again, and what a link leads to as a file', async () => {
    const folder = tempDir();
    const store = new FolderStore(folder);
    const put = await store.put('run-1/maps', bytes);
    assert.deepEqual(await store.copy(put, 'run-2/maps'), { ...put, key: 'run-2/maps' });
    const [first, second] = await Promise.all(
      ['run-1', 'run-2'].map((run) => stat(join(folder, run, 'maps'))),
    );
    assert.equal(first?.ino, second?.ino);
    await symlink('run-1/maps', join(folder, 'linked'));
    await store.copy((await store.head('linked'))!, 'run-3/maps');
    await store.delete('run-1/maps');
    assert.deepEqual(new Uint8Array(await readFile(join(folder, 'run-3/maps'))), bytes);
    assert.deepEqual(new Uint8Array((await store.get('run-2/maps'))!), bytes);
  });

  it('follows links to files and folders', async () => {
    const folder = tempDir();
    await mkdir(join(folder, 'elsewhere'));
    await mkdir(join(folder, 'root'));
    await writeFile(join(folder, 'elsewhere/a.jpg'), 'a');
    await symlink('../elsewhere', join(folder, 'root/train'));
    await symlink('../elsewhere/a.jpg', join(folder, 'root/b.jpg'));
    const store = new FolderStore(join(folder, 'root'));
    assert.deepEqual(await keysOf(store), ['b.jpg', 'train/a.jpg']);
    assert.equal(String(Buffer.from((await store.get('train/a.jpg'))!)), 'a');
  });

  it('ends on links that lead in a circle', async () => {
    const folder = tempDir();
    await mkdir(join(folder, 'a/deep'), { recursive: true });
    await mkdir(join(folder, 'b'));
    await writeFile(join(folder, 'a/1.jpg'), '');
    await symlink('..', join(folder, 'a/deep/up'));
    await symlink('.', join(folder, 'self'));
    await symlink('../a', join(folder, 'b/a'));
    await symlink('loop', join(folder, 'loop'));
    const keys = await keysOf(new FolderStore(folder));
    assert.deepEqual(keys, ['a/1.jpg', 'b/a/1.jpg', 'loop']);
  });

  it('gives up on folders that link to each other in every way', async () => {
    const folder = tempDir();
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    for (const name of names) {
      await mkdir(join(folder, name));
      for (const other of names) await symlink(`../${other}`, join(folder, name, other));
    }
    await assert.rejects(keysOf(new FolderStore(folder)), {
      code: 'dataset',
      message: /links lead to the folder .* in more than 500 ways/,
    });
  });

  it('lists a link to nothing, so that the image is missed by somebody', async () => {
    const folder = tempDir();
    await symlink('gone.jpg', join(folder, 'a.jpg'));
    const store = new FolderStore(folder);
    const expected = [{ key: 'a.jpg', sizeBytes: 0, etag: 'unreadable' }];
    assert.deepEqual(await collect(store.list('')), expected);
    assert.equal(await store.get('a.jpg'), undefined);
  });

  it('lists pipes and devices, and says what they are instead of reading them', {
    skip: process.platform === 'win32',
  }, async () => {
    const folder = tempDir();
    execFileSync('mkfifo', [join(folder, 'a.jpg')]);
    await symlink('/dev/zero', join(folder, 'b.jpg'));
    const store = new FolderStore(folder);
    assert.deepEqual(await collect(store.list('')), [
      { key: 'a.jpg', sizeBytes: 0, etag: 'unreadable' },
      { key: 'b.jpg', sizeBytes: 0, etag: 'unreadable' },
    ]);
    assert.equal(await store.head('a.jpg'), undefined);
    const refused = (message: RegExp) => ({ code: 'storage', message });
    await assert.rejects(store.get('a.jpg'), refused(/a\.jpg cannot be read: it is a named pipe/));
    await assert.rejects(store.get('b.jpg'), refused(/b\.jpg cannot be read: it is a device/));
    await assert.rejects(store.getRange('a.jpg', 0, 4), refused(/it is a named pipe/));
  });

  it('reads no more than a process can hold', { skip: !isLinux }, async () => {
    const folder = tempDir();
    execFileSync('truncate', ['-s', '5T', join(folder, 'sparse.jpg')]);
    await assert.rejects(new FolderStore(folder).get('sparse.jpg'), {
      code: 'storage',
      message: /it has 5497558\.1 MB, over the limit of 2048 MiB/,
    });
  });

  it('gives names that are not UTF-8 keys of their own, and reads them', {
    skip: !isLinux,
  }, async () => {
    const folder = tempDir();
    const path = (name: string): Buffer => Buffer.from(join(folder, name), 'latin1');
    await mkdir(path('d\xe9j\xe0'));
    await symlink(path('d\xe9j\xe0'), path('vu\xe9'));
    const names = ['ve\xe9culo.jpg', 've\xedculo.jpg', 've\\xE9culo.jpg', 'd\xe9j\xe0/1.jpg'];
    for (const name of names) await writeFile(path(name), name, 'latin1');
    const store = new FolderStore(folder);
    const keys = await keysOf(store);
    assert.deepEqual(keys, [
      'd\\xE9j\\xE0/1.jpg',
      've\\x5CxE9culo.jpg',
      've\\xE9culo.jpg',
      've\\xEDculo.jpg',
      'vu\\xE9/1.jpg',
    ]);
    const read = keys.map(async (key) => Buffer.from((await store.get(key))!).toString('latin1'));
    assert.deepEqual(new Set(await Promise.all(read)), new Set(names));
    assert.deepEqual(await collect(store.listFolders('')), ['d\\xE9j\\xE0', 'vu\\xE9']);
    assert.deepEqual(await keysOf(store, 'd\\xE9j\\xE0/'), ['d\\xE9j\\xE0/1.jpg']);
    assert.equal((await store.head('ve\\xE9culo.jpg'))?.sizeBytes, 11);
    await assert.rejects(store.put('ve\\xE9culo.jpg', new Uint8Array(1)), { code: 'storage' });
  });

  it('keeps backslashes of file names where they are ordinary', { skip: !isLinux }, async () => {
    const folder = tempDir();
    await writeFile(join(folder, 'train\\a.jpg'), 'a');
    const store = new FolderStore(folder);
    assert.deepEqual(await keysOf(store), ['train\\a.jpg']);
    assert.equal((await store.get('train\\a.jpg'))?.length, 1);
  });

  it('never lists a file that is still being written, and removes one left by a dead process', async () => {
    const folder = tempDir();
    const old = join(folder, `${temporaryPrefix}old`);
    await writeFile(old, 'half');
    await utimes(old, 1, 1);
    await writeFile(join(folder, `${temporaryPrefix}new`), 'half');
    const store = new FolderStore(folder);
    assert.deepEqual(await keysOf(store), []);
    await store.put('a', new Uint8Array(1));
    assert.deepEqual(await keysOf(store), ['a']);
    assert.deepEqual((await readdir(folder)).toSorted(), [`${temporaryPrefix}new`, 'a'].toSorted());
  });

  it('makes its folder again when somebody removed it', async () => {
    const folder = tempDir();
    const store = new FolderStore(folder);
    await store.put('a/b', new Uint8Array(1));
    execFileSync('rm', ['-r', join(folder, 'a')]);
    await store.put('a/b', new Uint8Array(2));
    assert.equal((await store.head('a/b'))?.sizeBytes, 2);
  });

  it('says in one sentence that a file is where a folder is needed', async () => {
    const folder = tempDir();
    await writeFile(join(folder, 'results'), '');
    const store = new FolderStore(join(folder, 'results'));
    await assert.rejects(store.put('run/a', new Uint8Array(1)), (error: unknown) => {
      assert.ok(error instanceof EigenfleetError);
      assert.equal(error.code, 'storage');
      assert.match(error.message, /results.* cannot be written: a file is where a folder is/);
      return true;
    });
  });

  it('says that it may not write, and leaves nothing behind', {
    skip: isRoot || !isLinux,
  }, async () => {
    const folder = tempDir();
    const closed = join(folder, 'closed');
    await mkdir(closed, { mode: 0o500 });
    await assert.rejects(new FolderStore(closed).put('a', new Uint8Array(1)), {
      code: 'storage',
      message: /cannot be written: permission denied/,
    });
  });

  it('says that it cannot write where the system allows no files', { skip: !isLinux }, async () => {
    const store = new FolderStore('/proc/eigenfleet');
    await assert.rejects(store.put('a', new Uint8Array(1)), {
      code: 'storage',
      message: /^\/proc\/eigenfleet\/a cannot be written: .+ Choose another folder/,
    });
  });

  it('says that the disk is full, keeps what was there and leaves no half file', async (t) => {
    const folder = tempDir();
    if (!mountSmallDisk(folder)) return t.skip('a 1 MB disk cannot be mounted here');
    try {
      const store = new FolderStore(folder);
      await store.put('a', new Uint8Array(1000));
      await assert.rejects(store.put('a', new Uint8Array(4_000_000)), {
        code: 'storage',
        message: /^The disk is full: .*a could not be written\. Free some space/,
      });
      assert.equal((await store.head('a'))?.sizeBytes, 1000);
      assert.deepEqual(await readdir(folder), ['a']);
    } finally {
      execFileSync('umount', [folder]);
    }
  });
});

function mountSmallDisk(folder: string): boolean {
  if (!isRoot || !isLinux) return false;
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

describe('storageError', () => {
  const failure = (code: string): Error => Object.assign(new Error(`${code}: raw`), { code });

  for (const code of ['ENOSPC', 'EDQUOT']) {
    it(`turns ${code} into a full disk`, () => {
      const error = storageError(failure(code), 'written', '/out/a');
      assert.match(error.message, /^The disk is full: \/out\/a could not be written/);
    });
  }

  it('turns a read-only disk into advice', () => {
    const error = storageError(failure('EROFS'), 'written', '/out/a');
    assert.equal(
      error.message,
      '/out/a cannot be written: the file system is read-only. Choose another folder, or change who may write there.',
    );
  });

  it('passes an abort and its own sentences unchanged', () => {
    const abort = new DOMException('stop', 'AbortError');
    assert.equal(storageError(abort, 'read', '/a'), abort);
    const own = new EigenfleetError('storage', 'a sentence');
    assert.equal(storageError(own, 'read', '/a'), own);
  });
});

describe('checkKey', () => {
  it('refuses backslashes and drives on Windows only', () => {
    for (const key of ['a\\..\\b', 'C:/a', 'a.txt:stream']) {
      assert.throws(() => checkKey(key, 'win32'), EigenfleetError);
      assert.equal(checkKey(key, 'linux'), key);
    }
  });
});
