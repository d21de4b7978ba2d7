import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import {
  type ImageSourceRequest,
  openImageSource,
} from '../../../src/producer/dataset/image-source.ts';
import { type RunIdentity, runIdOf } from '../../../src/producer/plan/run-id.ts';
import { objectKeys } from '../../../src/shared/run/object-keys.ts';
import type { Sample } from '../../../src/shared/run/sample.ts';
import { resolveOptions } from '../../../src/shared/settings/resolve-options.ts';
import { collect } from '../../support/collect.ts';
import { datasetFolder } from '../../support/dataset-folder.ts';

const isWindows = process.platform === 'win32';
const isLinux = process.platform === 'linux';

async function samplesOf(request: ImageSourceRequest): Promise<Sample[]> {
  return collect((await openImageSource(request)).samples());
}

async function keysOf(request: ImageSourceRequest): Promise<string[]> {
  return (await samplesOf(request)).map(({ key }) => key);
}

async function refusal(request: ImageSourceRequest): Promise<string> {
  try {
    await samplesOf(request);
  } catch (error) {
    return (error as Error).message;
  }
  throw new assert.AssertionError({ message: 'nothing was refused' });
}

const identity: RunIdentity = {
  datasetName: 'Cells 2',
  digest: 'd',
  model: {
    uri: 'file:///m.onnx',
    sha256: 'a'.repeat(64),
    sizeBytes: 1,
    task: 'detect',
    classNames: [],
    inputHeight: 320,
    inputWidth: 320,
    description: '',
  },
  options: resolveOptions({ settings: {}, imageCount: 1, targetLayers: ['model.15'] }).explain,
};

describe('a folder of images', () => {
  it('is read recursively, by extension in any case', async () => {
    const source = datasetFolder([
      'b.JPG',
      'deep/er/c.Png',
      'a.jpeg',
      'notes.txt',
      'd.tiff',
      'e.webp',
    ]);
    assert.deepEqual(await keysOf({ source }), [
      'a.jpeg',
      'b.JPG',
      'd.tiff',
      'deep/er/c.Png',
      'e.webp',
    ]);
  });

  it('gives size and an etag that changes with the content', async () => {
    const source = datasetFolder([['a.jpg', 'twelve bytes']]);
    const [sample] = await samplesOf({ source });
    assert.equal(sample?.sizeBytes, 12);
    assert.match(sample?.etag ?? '', /.+/);
  });

  it('passes over hidden files and what archives leave behind', async () => {
    const source = datasetFolder([
      'a.jpg',
      '._a.jpg',
      '.cache/b.jpg',
      '__MACOSX/a.jpg',
      'x/.DS_Store',
      'x/Thumbs.db',
    ]);
    assert.deepEqual(await keysOf({ source }), ['a.jpg']);
  });

  it('lists keys by their UTF-8 bytes, also across folders', async () => {
    const source = datasetFolder([
      'a/b.jpg',
      'a.b.jpg',
      'a-b.jpg',
      'a0.jpg',
      '\u{1f600}.jpg',
      '\ue000.jpg',
      '\uff5e.jpg',
    ]);
    const keys = await keysOf({ source });
    const byBytes = [...keys].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    assert.equal(keys.length, 7);
    assert.deepEqual(keys, byBytes);
    assert.deepEqual(keys.slice(0, 4), ['a-b.jpg', 'a.b.jpg', 'a/b.jpg', 'a0.jpg']);
  });

  it('takes names with a newline, quotes, blanks and other scripts', async () => {
    const names = [' lead.jpg', '"quoted".jpg', "it's.jpg", 'line\nbreak.jpg', 'ünï 図.jpg'];
    assert.deepEqual((await keysOf({ source: datasetFolder(names) })).sort(), [...names].sort());
  });

  it('follows links, but not in circles', async () => {
    const source = datasetFolder(['real/a.jpg']);
    symlinkSync(join(source, 'real'), join(source, 'linked'));
    symlinkSync(source, join(source, 'real', 'back'));
    const keys = await keysOf({ source });
    assert.ok(keys.includes('real/a.jpg'));
    assert.ok(keys.includes('linked/a.jpg'));
    assert.ok(keys.every((key) => key.length < 60));
  });

  it('keeps a link to nothing, with size 0', async () => {
    const source = datasetFolder(['a.jpg']);
    symlinkSync(join(source, 'gone.jpg'), join(source, 'b.jpg'));
    assert.deepEqual(
      (await samplesOf({ source })).map(({ key, sizeBytes }) => [key, sizeBytes]),
      [
        ['a.jpg', 5],
        ['b.jpg', 0],
      ],
    );
  });

  it('says where it is and what it is called', async () => {
    const folder = datasetFolder(['blood-cells/images/test/a.jpg']);
    const source = await openImageSource({ source: join(folder, 'blood-cells/images/test') });
    assert.equal(source.kind, 'folder');
    assert.equal(source.datasetName, 'blood-cells-test');
    assert.equal(source.rootUri, pathToFileURL(source.rootPath).href);
  });

  it('can be read again', async () => {
    const source = await openImageSource({ source: datasetFolder(['a.jpg', 'b.jpg']) });
    assert.deepEqual(await collect(source.samples()), await collect(source.samples()));
  });

  it('takes one split of a dataset folder, under keys that keep its name', async () => {
    const classify = datasetFolder(['train/cat/a.jpg', 'val/cat/b.jpg', 'val/dog/c.jpg']);
    assert.deepEqual(await keysOf({ source: classify, split: 'val' }), [
      'val/cat/b.jpg',
      'val/dog/c.jpg',
    ]);
    const roboflow = datasetFolder(['train/images/a.jpg', 'valid/images/b.jpg']);
    assert.deepEqual(await keysOf({ source: roboflow, split: 'val' }), ['valid/images/b.jpg']);
    const yolo = datasetFolder(['images/train/a.jpg', 'images/val/b.jpg', 'labels/val/b.txt']);
    assert.deepEqual(await keysOf({ source: yolo, split: 'val' }), ['images/val/b.jpg']);
  });

  it('uses its data.yaml when a split is asked for', async () => {
    const source = datasetFolder([
      ['data.yaml', 'val: held-out\nnames: [a]'],
      'held-out/a.jpg',
      'b.jpg',
    ]);
    assert.deepEqual(await keysOf({ source, split: 'val' }), ['held-out/a.jpg']);
  });
});

describe('other sources', () => {
  it('may be one image', async () => {
    const folder = datasetFolder(['a.jpg', 'b.jpg']);
    const source = await openImageSource({ source: join(folder, 'b.jpg') });
    assert.equal(source.kind, 'image');
    assert.equal(source.rootPath, folder);
    assert.deepEqual(
      (await collect(source.samples())).map(({ key }) => key),
      ['b.jpg'],
    );
  });

  it('may be a pattern, with the part before the first wildcard as root', async () => {
    const folder = datasetFolder(['d/x/1.jpg', 'd/x/2.png', 'd/y/z/3.jpg', 'd/y/4.txt', 'e/5.jpg']);
    const source = await openImageSource({ source: join(folder, 'd/**/*.jpg') });
    assert.equal(source.kind, 'glob');
    assert.equal(source.rootPath, join(folder, 'd'));
    assert.deepEqual(
      (await collect(source.samples())).map(({ key }) => key),
      ['x/1.jpg', 'y/z/3.jpg'],
    );
    assert.deepEqual(await keysOf({ source: join(folder, 'd/{x,y}/*') }), ['x/1.jpg', 'x/2.png']);
    assert.deepEqual(await keysOf({ source: join(folder, 'd/x/*.{jpg,png}') }), ['1.jpg', '2.png']);
    assert.deepEqual(await keysOf({ source: join(folder, 'd/x/?.*g') }), ['1.jpg', '2.png']);
  });

  it('take a folder whose name looks like a pattern as itself', async () => {
    const folder = datasetFolder(['[new]/a.jpg']);
    assert.deepEqual(await keysOf({ source: join(folder, '[new]') }), ['a.jpg']);
  });

  it('may be a list, relative to its folder, with comments and blank lines', async () => {
    const folder = datasetFolder([
      ['list.txt', '\uFEFF# chosen by hand\r\nimg/b.jpg\r\n\r\n./img/a.jpg\nimg/b.jpg\n./#1.jpg\n'],
      'img/a.jpg',
      'img/b.jpg',
      '#1.jpg',
    ]);
    const source = await openImageSource({ source: join(folder, 'list.txt') });
    assert.equal(source.kind, 'list');
    assert.equal(source.rootPath, folder);
    assert.deepEqual(
      (await collect(source.samples())).map(({ key }) => key),
      ['#1.jpg', 'img/a.jpg', 'img/b.jpg'],
    );
  });

  it('may be a list whose lines end with a carriage return alone', async () => {
    const folder = datasetFolder([['list.txt', '# old\rb.jpg\ra.jpg\r'], 'a.jpg', 'b.jpg']);
    assert.deepEqual(
      (await samplesOf({ source: join(folder, 'list.txt') })).map(({ key }) => key),
      ['a.jpg', 'b.jpg'],
    );
  });

  it('keep a listed file that is not there, with size 0', async () => {
    const folder = datasetFolder([['list.txt', 'a.jpg\ngone.jpg\nodd.xyz\n'], 'a.jpg', 'odd.xyz']);
    assert.deepEqual(
      (await samplesOf({ source: join(folder, 'list.txt') })).map(({ key, sizeBytes }) => [
        key,
        sizeBytes,
      ]),
      [
        ['a.jpg', 5],
        ['gone.jpg', 0],
        ['odd.xyz', 7],
      ],
    );
  });

  it('may be a list with blanks, quotes, backslashes or file: addresses, where that leads to files', async () => {
    const files = ['img/a.jpg', 'img/b.jpg', 'img/blank.jpg ', 'img/c.jpg'];
    const folder = datasetFolder([...files, ...(isWindows ? [] : ['img/back\\slash.jpg'])]);
    const lines = [
      ...['  ./img/a.jpg', '.\\img\\b.jpg\t', 'img/blank.jpg ', '"img/c.jpg" '],
      ...(isWindows ? [] : ['img/back\\slash.jpg', ` ${pathToFileURL(join(folder, files[0]!))}`]),
    ];
    for (const encoding of ['utf8', 'utf16le'] as const) {
      writeFileSync(join(folder, 'list.txt'), `\ufeff${lines.join('\r\n')}\r\n`, encoding);
      const samples = await samplesOf({ source: join(folder, 'list.txt') });
      assert.deepEqual(
        new Set(samples.map(({ key }) => key)),
        new Set([...files, ...(isWindows ? [] : ['img/back\\slash.jpg'])]),
      );
      assert.ok(samples.every(({ sizeBytes }) => sizeBytes > 0));
    }
  });

  it('may be a list that names files in another encoding than UTF-8', {
    skip: !isLinux,
  }, async () => {
    const folder = datasetFolder([]);
    const name = Buffer.from('ve\xedculo.jpg', 'latin1');
    writeFileSync(Buffer.concat([Buffer.from(`${folder}/`), name]), 'x');
    writeFileSync(join(folder, 'list.txt'), Buffer.concat([name, Buffer.from('\n')]));
    assert.deepEqual(
      (await samplesOf({ source: join(folder, 'list.txt') })).map(({ key, sizeBytes }) => [
        key,
        sizeBytes,
      ]),
      [['ve\\xEDculo.jpg', 1]],
    );
  });

  it('have the deepest common folder as root when listed files lie elsewhere', async () => {
    const folder = datasetFolder([
      'sets/one/a.jpg',
      'sets/two/b.jpg',
      ['lists/l.txt', '../sets/one/a.jpg\n../sets/two/b.jpg'],
    ]);
    const source = await openImageSource({ source: join(folder, 'lists/l.txt') });
    assert.equal(source.rootPath, join(folder, 'sets'));
    assert.deepEqual(
      (await collect(source.samples())).map(({ key }) => key),
      ['one/a.jpg', 'two/b.jpg'],
    );
  });

  it('may be a file URL', async () => {
    const folder = datasetFolder(['a b.jpg']);
    assert.deepEqual(await keysOf({ source: pathToFileURL(folder).href }), ['a b.jpg']);
  });
});

describe('a choice of images', () => {
  const files = ['train/a.jpg', 'train/a_aug.jpg', 'val/b.jpg', 'val/old/c.jpg'];
  const cases: readonly (readonly [
    string,
    Omit<ImageSourceRequest, 'source'>,
    readonly string[],
  ])[] = [
    ['includes by folder', { include: ['val/**'] }, ['val/b.jpg', 'val/old/c.jpg']],
    ['includes by name', { include: ['b.*', 'c.*'] }, ['val/b.jpg', 'val/old/c.jpg']],
    ['excludes by name', { exclude: ['*_aug.jpg'] }, ['train/a.jpg', 'val/b.jpg', 'val/old/c.jpg']],
    [
      'excludes a folder',
      { exclude: ['val/old/'] },
      ['train/a.jpg', 'train/a_aug.jpg', 'val/b.jpg'],
    ],
    ['lets exclude win', { include: ['val/**'], exclude: ['c.jpg'] }, ['val/b.jpg']],
    ['takes the first ones', { limit: 2 }, ['train/a.jpg', 'train/a_aug.jpg']],
    ['limits what is left', { exclude: ['train/**'], limit: 1 }, ['val/b.jpg']],
  ];
  for (const [name, choice, expected] of cases) {
    it(name, async () => {
      assert.deepEqual(await keysOf({ source: datasetFolder(files), ...choice }), expected);
    });
  }
});

describe('results among the images', () => {
  it('are not images', async () => {
    const key = objectKeys.overlay(runIdOf(identity), 12, 3);
    const source = datasetFolder(['a.jpg', key, `out/${key}`, 'overlays/0000012/0003.jpg']);
    assert.deepEqual(await keysOf({ source }), ['a.jpg', 'overlays/0000012/0003.jpg']);
  });
});

describe('a source without images', () => {
  it('says when nothing is there, and what is near', async () => {
    const folder = datasetFolder(['images/a.jpg']);
    assert.match(
      await refusal({ source: join(folder, 'imagse') }),
      /nothing at .*imagse\. Did you mean images\?/,
    );
  });

  it('says when a folder is empty', async () => {
    assert.match(
      await refusal({ source: datasetFolder([]) }),
      /There is no file in folder .*--images/,
    );
  });

  it('says which files it saw instead', async () => {
    const source = datasetFolder(['a.txt', 'b.txt', 'c.csv', 'README']);
    assert.match(
      await refusal({ source }),
      /no image among the 4 files of folder .*\(2 \.txt, 1 without extension, 1 \.csv\)/,
    );
  });

  it('says when nothing passes the patterns', async () => {
    const source = datasetFolder(['a.jpg', 'b.jpg']);
    assert.match(
      await refusal({ source, include: ['*.png'] }),
      /None of the 2 images .* --include and --exclude/,
    );
  });

  it('says when a pattern begins nowhere or matches nothing', async () => {
    const folder = datasetFolder(['a.jpg']);
    assert.match(
      await refusal({ source: join(folder, 'gone/*.jpg') }),
      /begins in .*gone, which is not a folder/,
    );
    assert.match(await refusal({ source: join(folder, '*.png') }), /There is no file in pattern/);
  });

  it('says when a list is empty, or none of its files is there', async () => {
    const folder = datasetFolder([
      ['empty.txt', '\n# nothing\n'],
      ['prose.txt', 'Dear reader,\nthis is not a list.\n'],
    ]);
    assert.match(await refusal({ source: join(folder, 'empty.txt') }), /empty\.txt names no image/);
    assert.match(
      await refusal({ source: join(folder, 'prose.txt') }),
      /None of the 2 images that list .*prose\.txt names exists; the first path that was tried is "Dear reader," in /,
    );
  });

  it('shows the first path of a list, and what is odd about it', async () => {
    const folder = datasetFolder([
      ['blank.txt', 'gone/a.jpg \ngone/b.jpg \n'],
      ['back.txt', '.\\gone\\a.jpg\n'],
      ['remote.txt', 'a.jpg\n s3://user:secret@data/a.jpg\n'],
      ['binary.txt', '\0\u0001\0'],
      'a.jpg',
    ]);
    for (const [list, message] of [
      ['blank.txt', /the first path that was tried is "gone\/a\.jpg " \(it ends with a space\)/],
      ['back.txt', /"\.?\\?gone\\a\.jpg" \(it contains backslashes\)/],
      ['remote.txt', /names " s3:\/\/\*\*\*@data\/a\.jpg": a list on this machine/],
      ['binary.txt', /binary\.txt cannot be read \(it is not text\)/],
    ] as const) {
      if (isWindows && list === 'back.txt') continue;
      assert.match(await refusal({ source: join(folder, list) }), message);
    }
  });

  it('is not read where it is a pipe or a device', { skip: isWindows }, async () => {
    const folder = datasetFolder([['data.yaml', 'val: pipe.jpg']]);
    for (const name of ['pipe.jpg', 'pipe.txt', 'pipe.yaml']) {
      execFileSync('mkfifo', [join(folder, name)]);
      assert.match(await refusal({ source: join(folder, name) }), /it is a named pipe, not a file/);
    }
    assert.match(
      await refusal({ source: join(folder, 'data.yaml') }),
      /Split val of .*data\.yaml: .*pipe\.jpg cannot be read \(it is a named pipe, not a file\)/,
    );
    symlinkSync('/dev/zero', join(folder, 'zero.txt'));
    assert.match(await refusal({ source: join(folder, 'zero.txt') }), /it is a device, not a file/);
  });

  it('counts a pipe among images, so that nobody misses it', { skip: isWindows }, async () => {
    const source = datasetFolder(['a.jpg', 'd/.keep']);
    execFileSync('mkfifo', [join(source, 'd/b.jpg')]);
    for (const pattern of ['', '/*/*.jpg', '/d/*.jpg']) {
      const samples = await samplesOf({ source: source + pattern });
      const pipe = samples.find(({ key }) => key.endsWith('b.jpg'));
      assert.equal(pipe?.sizeBytes, 0, pattern);
    }
  });

  it('says what --images takes when a file is something else', async () => {
    const folder = datasetFolder(['data.csv']);
    assert.match(
      await refusal({ source: join(folder, 'data.csv') }),
      /neither an image nor a list.*data\.yaml/,
    );
  });

  it('refuses an address that it cannot read', async () => {
    assert.match(
      await refusal({ source: 'https://example.org/images' }),
      /cannot be read from https:\/\//,
    );
  });

  it('refuses a split where there can be none', async () => {
    const folder = datasetFolder(['a.jpg', 'train/b.jpg']);
    assert.match(
      await refusal({ source: join(folder, 'a.jpg'), split: 'val' }),
      /has no splits\. Drop --split/,
    );
    assert.match(
      await refusal({ source: folder, split: 'val' }),
      new RegExp(
        `${basename(folder)} has no data.yaml and no folder for split "val"; it has train\\.`,
      ),
    );
  });
});
