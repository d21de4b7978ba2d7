import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { openImageSource } from '../../src/producer/dataset/image-source.ts';
import { collect } from '../support/collect.ts';
import { datasetFolder } from '../support/dataset-folder.ts';

interface Opened {
  readonly root: string;
  readonly keys: string[];
  readonly classNames: readonly string[] | undefined;
  readonly name: string;
}

async function open(
  file: string,
  options: { split?: string; datasetsDir?: string } = {},
): Promise<Opened> {
  const source = await openImageSource({ source: file, ...options });
  const keys = (await collect(source.samples())).map(({ key }) => key);
  return { root: source.rootPath, keys, classNames: source.classNames, name: source.datasetName };
}

describe('a data.yaml', () => {
  it('is read with its own folder as root, val by default', async () => {
    const folder = datasetFolder([
      ['data.yaml', 'train: images/train\nval: images/val\nnames: {0: RBC, 1: "it\'s", 3: WBC}'],
      'images/train/a.jpg',
      'images/val/b.jpg',
      'images/val/deep/c.png',
      'labels/val/b.txt',
    ]);
    const opened = await open(join(folder, 'data.yaml'));
    assert.equal(opened.root, folder);
    assert.deepEqual(opened.keys, ['images/val/b.jpg', 'images/val/deep/c.png']);
    assert.deepEqual(opened.classNames, ['RBC', "it's", '2', 'WBC']);
    assert.deepEqual((await open(join(folder, 'data.yaml'), { split: 'train' })).keys, [
      'images/train/a.jpg',
    ]);
  });

  it('from Roboflow finds folders beside it that it calls ../', async () => {
    const folder = datasetFolder([
      [
        'bccd/data.yaml',
        'train: ../train/images\nval: ../valid/images\ntest: ../test/images\nnc: 2\nnames: [RBC, 7]\nroboflow:\n  workspace: w\n',
      ],
      'bccd/train/images/a.jpg',
      'bccd/valid/images/b.jpg',
      'bccd/test/images/c.jpg',
    ]);
    const file = join(folder, 'bccd/data.yaml');
    for (const [split, key] of [
      ['train', 'train/images/a.jpg'],
      ['val', 'valid/images/b.jpg'],
      ['valid', 'valid/images/b.jpg'],
      ['test', 'test/images/c.jpg'],
    ] as const) {
      const opened = await open(file, { split });
      assert.deepEqual([opened.root, opened.keys], [join(folder, 'bccd'), [key]]);
    }
    const opened = await open(file);
    assert.deepEqual(opened.classNames, ['RBC', '7']);
    assert.equal(opened.name, 'bccd-val');
  });

  it('keeps ../ where it is right', async () => {
    const folder = datasetFolder([
      ['set/data.yaml', 'val: ../shared/images'],
      'shared/images/a.jpg',
      'shared/b.jpg',
    ]);
    const opened = await open(join(folder, 'set/data.yaml'));
    assert.equal(opened.root, join(folder, 'shared/images'));
    assert.deepEqual(opened.keys, ['a.jpg']);
  });

  it('knows validation as val', async () => {
    const folder = datasetFolder([['data.yaml', 'validation: v'], 'v/a.jpg']);
    assert.deepEqual((await open(join(folder, 'data.yaml'))).keys, ['v/a.jpg']);
    assert.deepEqual((await open(join(folder, 'data.yaml'), { split: 'validation' })).keys, [
      'v/a.jpg',
    ]);
  });

  it('finds a relative path: from the working directory, then datasets_dir, then its own folder', async () => {
    const yaml = ['data.yaml', 'path: mine\nval: v'] as const;
    const own = datasetFolder([yaml, 'mine/v/own.jpg']);
    const datasets = datasetFolder(['mine/v/setting.jpg']);
    const working = datasetFolder(['mine/v/working.jpg']);
    const file = join(own, 'data.yaml');
    assert.deepEqual((await open(file)).keys, ['v/own.jpg']);
    assert.deepEqual((await open(file, { datasetsDir: datasets })).keys, ['v/setting.jpg']);
    const before = process.cwd();
    process.chdir(working);
    try {
      assert.deepEqual((await open(file, { datasetsDir: datasets })).keys, ['v/working.jpg']);
    } finally {
      process.chdir(before);
    }
  });

  it('with path . means its own folder, wherever one stands', async () => {
    const folder = datasetFolder([
      ['data.yaml', 'path: .\nval: images/only-here'],
      'images/only-here/a.jpg',
    ]);
    assert.equal((await open(join(folder, 'data.yaml'))).root, folder);
  });

  it('takes a hidden folder that it names', async () => {
    const folder = datasetFolder([
      ['data.yaml', 'val: .data/v'],
      '.data/v/a.jpg',
      '.data/v/.b.jpg',
    ]);
    assert.deepEqual((await open(join(folder, 'data.yaml'))).keys, ['.data/v/a.jpg']);
  });

  it('takes an absolute path', async () => {
    const images = datasetFolder(['v/a.jpg']);
    const folder = datasetFolder([['coco8.yaml', `path: ${images}\nval: v\n`]]);
    const opened = await open(join(folder, 'coco8.yaml'));
    assert.deepEqual([opened.root, opened.keys, opened.name], [images, ['v/a.jpg'], 'coco8-val']);
  });

  it('takes lists, and several folders and lists, each image once and in order', async () => {
    const folder = datasetFolder([
      ['data.yaml', 'train: train.txt\nval: [two, one, more.txt]'],
      ['train.txt', './one/a.jpg\n./gone.jpg\n'],
      ['more.txt', './two/b.jpg\n./0.jpg\n'],
      'one/a.jpg',
      'two/b.jpg',
      '0.jpg',
    ]);
    const file = join(folder, 'data.yaml');
    assert.deepEqual((await open(file, { split: 'train' })).keys, ['gone.jpg', 'one/a.jpg']);
    assert.deepEqual((await open(file)).keys, ['0.jpg', 'one/a.jpg', 'two/b.jpg']);
  });
});

describe('a split of a data.yaml', () => {
  it('may be an image, or several beside a folder', async () => {
    const folder = datasetFolder([
      ['data.yaml', 'train: one/a.jpg\nval: [one/b.png, two]'],
      ...['one/a.jpg', 'one/b.png', 'two/c.jpg'],
    ]);
    const file = join(folder, 'data.yaml');
    assert.deepEqual((await open(file, { split: 'train' })).keys, ['one/a.jpg']);
    assert.deepEqual((await open(file)).keys, ['one/b.png', 'two/c.jpg']);
  });

  it('is read from a file in UTF-16, as Windows PowerShell writes it', async () => {
    const folder = datasetFolder(['t/a.jpg']);
    const file = join(folder, 'data.yaml');
    writeFileSync(file, '\ufeffval: t\r\nnames: [Zell\u00e4]\r\n', 'utf16le');
    const { keys, classNames } = await open(file);
    assert.deepEqual([keys, classNames], [['t/a.jpg'], ['Zell\u00e4']]);
    writeFileSync(file, 'val: t\nnames: [Zell\u00e4]\n', 'latin1');
    await assert.rejects(open(file), { code: 'dataset', message: /not UTF-8; save it as UTF-8/ });
  });
});

describe('a data.yaml that does not fit', () => {
  const cases: readonly (readonly [string, string, RegExp])[] = [
    [
      'names the splits there are',
      'train: t\ntest: t\nval:\n',
      /has no split "val"; it has train, test\. Choose with --split/,
    ],
    ['says when there is no split', 'names: [a]', /has no split \(train, val, test\)/],
    [
      'says what a split looked for',
      'val: ../images',
      /Split val .* names \.\.\/images, which does not exist; looked for .*images, .*images\./,
    ],
    [
      'says where it looked for its root',
      'path: nowhere\nval: t',
      /root "nowhere" .* does not exist; looked for .*nowhere, .*nowhere\./,
    ],
    ['says when it is not YAML', 'val: [t', /cannot be read as YAML/],
    [
      'says what a split should be',
      'val: 3',
      /not a YOLO dataset file: val should be a folder, a \.txt list, or a list of these, not 3\.$/,
    ],
    ['says it of a mapping too', 'val: {a: 1}', /val should be a folder, .* a list of these\.$/],
    ['says what path should be', 'path: 7', /path should be the folder .*, not 7\.$/],
    ['says what names should be', 'names: {cat: 0}', /names should be a list .* "0: cat"\.$/],
    [
      'names a class id beyond all sense',
      'val: t\nnames: {0: RBC, 999999999: WBC}',
      /data\.yaml gives a name to class id 999999999; class ids go up to 99999\. Correct names:/,
    ],
    [
      'names one that no array can hold',
      'val: t\nnames: {0: RBC, 4294967296: WBC}',
      /gives a name to class id 4294967296/,
    ],
    [
      'names the split whose list is none',
      'val: t/archive.zip',
      /^Split val of .*data\.yaml: The list .*archive\.zip cannot be read \(it is not text\)/,
    ],
    ['says when it is empty', '', /not a YOLO dataset file/],
    ['says when it is a list', '- a\n- b', /not a YOLO dataset file: it should set path/],
  ];
  for (const [name, yaml, expected] of cases) {
    it(name, async () => {
      const folder = datasetFolder([
        ['data.yaml', yaml],
        ['t/archive.zip', 'PK\u0003\u0004\0'],
        't/a.jpg',
      ]);
      await assert.rejects(open(join(folder, 'data.yaml')), { code: 'dataset', message: expected });
    });
  }
});
