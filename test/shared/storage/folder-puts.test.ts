import assert from 'node:assert/strict';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import {
  type CutFile,
  isPlainFolder,
  putInThread,
} from '../../../src/shared/storage/folder/folder-puts.ts';
import type { LinePlace } from '../../../src/shared/storage/folder/line-window.ts';
import { FolderStore } from '../../../src/shared/storage/folder-store.ts';
import { MemoryStore } from '../../../src/shared/storage/memory-store.ts';
import { collect } from '../../support/collect.ts';
import { tempDir } from '../../support/temp-dir.ts';

/** A file of the texts one behind the other; where each ends is told by the line feeds behind the text before it, or behind a mark in between. */
async function withFile(
  texts: readonly string[],
  use: (file: CutFile) => Promise<void>,
): Promise<void> {
  const handle = await open(join(tempDir(), 'lines'), 'wx+');
  try {
    await handle.write(texts.join(''));
    let offset = 0;
    const ends = texts.map((text): LinePlace => {
      const lines = text.split('\n').length - 1;
      const [half] = lines > 1 ? [text.indexOf('\n') + 1] : [0];
      const place = { offset: offset + half, lines: half === 0 ? lines : lines - 1 };
      offset += text.length;
      return place;
    });
    await use({ descriptor: handle.fd, ends });
  } finally {
    await handle.close();
  }
}

describe('objects put in a thread', () => {
  it('are all there, and nothing else, also where one is longer than what is read at once', async () => {
    const store = new FolderStore(join(tempDir(), 'out'));
    const texts = Array.from({ length: 150 }, (_, n) =>
      `line ${n}\n`.repeat(n === 70 ? 100_000 : (n * 37) % 500),
    );
    const keyOf = (n: number) => `a/${n + 100}`;
    await withFile(texts, (file) => putInThread(store, file, keyOf));
    for (const [n, text] of texts.entries()) {
      assert.ok(Buffer.from(text).equals((await store.get(keyOf(n)))!), keyOf(n));
    }
    assert.deepEqual(
      (await collect(store.list(''))).map(({ key }) => key),
      texts.map((_, n) => keyOf(n)),
    );
  });

  it('fail as the store does', async () => {
    const store = new FolderStore(tempDir());
    await store.put('a', new TextEncoder().encode('x'));
    await withFile(['b\n', 'c\n'], (file) =>
      assert.rejects(
        putInThread(store, file, (n) => ['b', 'a/c'][n] ?? ''),
        { name: 'EigenfleetError', code: 'storage', message: /a.c cannot be written/ },
      ),
    );
  });

  it('fail where the file ends too early', async () => {
    await withFile(['b\n'], ({ descriptor }) =>
      assert.rejects(
        putInThread(
          new FolderStore(tempDir()),
          { descriptor, ends: [{ offset: 0, lines: 2 }] },
          () => 'b',
        ),
        { name: 'EigenfleetError', code: 'storage', message: /ends at byte 2/ },
      ),
    );
  });

  it('end when they are not wanted any longer', async () => {
    const store = new FolderStore(tempDir());
    await withFile(['b\n'], (file) =>
      assert.rejects(
        putInThread(store, file, () => 'b', AbortSignal.abort()),
        { name: 'AbortError' },
      ),
    );
    assert.deepEqual(await collect(store.list('')), []);
  });

  it('are for folders that wait for nobody', () => {
    class Waiting extends FolderStore {}
    assert.equal(isPlainFolder(new FolderStore('/a')), true);
    assert.equal(isPlainFolder(new Waiting('/a')), false);
    assert.equal(isPlainFolder(new MemoryStore()), false);
  });
});
