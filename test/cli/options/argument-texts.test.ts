import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { figureNames } from '../../../src/cli/explain/explain-files.ts';
import { restoreArguments } from '../../../src/cli/options/argument-texts.ts';
import { cliPath } from '../../support/cli.ts';
import { modelFixture } from '../../support/onnx-fixture.ts';
import { tempDir } from '../../support/temp-dir.ts';

/** Arguments as Node hands them out, restored from the bytes of the command line; `flags` are Node's own. */
function restored(line: readonly string[], flags: readonly string[] = []): string[] {
  const bytes = [...flags, ...line].map((part) => Buffer.from(part, 'latin1'));
  const argv = bytes.slice(flags.length).map(String);
  restoreArguments(argv, () => bytes);
  return argv.slice(2);
}

const usage = { code: 'usage', message: /The argument .*\\xE9.* is not valid UTF-8\. Rename/ };

describe('arguments that are not UTF-8', () => {
  it('get the text of listings where they name images to explain', () => {
    const line = ['node', 'cli.js', 'explain', 'v\xe9.jpg', 'v\xed.jpg', '-m', 'a.onnx'];
    const expected = ['explain', 'v\\xE9.jpg', 'v\\xED.jpg', '-m', 'a.onnx'];
    assert.deepEqual(restored(line), expected);
    assert.deepEqual(restored(line, ['--stack-size=900']), expected);
  });

  it('are refused where they name anything else', () => {
    assert.throws(() => restored(['node', 'cli.js', 'run', '-i', 'v\xe9.jpg']), usage);
    assert.throws(() => restored(['node', 'cli.js', 'layers', 'v\xe9.onnx']), usage);
    assert.throws(() => restored(['node', 'cli.js', 'explain', 'a.jpg', '-o', '\xe9']), usage);
    assert.throws(() => restored(['node', 'cli.js', 'explain', 'a.jpg', '--out=\xe9']), usage);
  });

  it('are told from names that hold the replacement character itself', () => {
    const broken = 'v\u{fffd}.jpg';
    const line = ['node', 'cli.js', 'run', '-i', Buffer.from(broken).toString('latin1')];
    assert.deepEqual(restored(line), ['run', '-i', broken]);
  });

  it('are explained with the others', { skip: process.platform !== 'linux' }, async () => {
    const folder = tempDir();
    mkdirSync(join(folder, 'images'));
    for (const name of ['v\xe9.jpg', 'v\xed.jpg']) {
      writeFileSync(Buffer.from(join(folder, 'images', name), 'latin1'), '');
    }
    writeFileSync(join(folder, 'm.onnx'), modelFixture('tiny-det.onnx'));
    const command = '"$0" "$1" explain images/*.jpg -m m.onnx -o out --device cpu';
    const failure = await promisify(execFile)('sh', ['-c', command, process.execPath, cliPath], {
      cwd: folder,
    }).catch((error: { code: number; stderr: string }) => error);
    for (const text of ['v\\xE9.jpg', 'v\\xED.jpg']) {
      assert.ok(failure.stderr.includes(`images/${text} was not explained: the file is empty.`));
    }
    assert.equal('code' in failure && failure.code, 4);
    assert.deepEqual(readdirSync(join(folder, 'out')), []);
  });
});

describe('names of figures', () => {
  it('fit into a file system, whatever the image is called', () => {
    const long = 'é'.repeat(125);
    const names = figureNames([`a/${long}.jpg`, `b/${long}.jpg`, 'c/short.jpg']);
    assert.deepEqual(names, [
      `${'é'.repeat(100)}.explained.png`,
      `${'é'.repeat(100)}-2.explained.png`,
      'short.explained.png',
    ]);
  });
});
