import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { repositoryRoot } from '../support/cache-folder.ts';
import { tempDir } from '../support/temp-dir.ts';

const run = promisify(execFile);
const keptCode = pathToFileURL(join(repositoryRoot, 'dist/src/cli/kept-code.js')).href;
/** From 22.8 on Node keeps code itself, and where is its own affair. */
const byNode = 'enableCompileCache' in (await import('node:module')).default;

test('eight starts add to what is kept, a later one only takes it, and a damaged piece is made anew', {
  skip: byNode && 'this Node keeps the code itself',
}, async () => {
  // Flags of V8 that a run changes are part of what it knows code again by.
  const changes = "require('node:v8').setFlagsFromString('--heap-growing-percent=400');";
  const { load, folder } = program(`${changes} exports.answer = () => 42;`);
  for (let start = 0; start < 8; start += 1) assert.equal(await load('run'), 'adds 42');
  assert.equal(await load('run'), 'takes 42');
  const [name = ''] = readdirSync(folder);
  const bytes = readFileSync(join(folder, name));
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  writeFileSync(join(folder, name), bytes);
  assert.equal(await load('run'), 'adds 42');
  assert.deepEqual(readdirSync(folder), [name]);
});

test('each command has code of its own, and none is kept of one that fails', {
  skip: byNode && 'this Node keeps the code itself',
}, async () => {
  const { load, folder } = program('exports.answer = () => 42;');
  await load('run');
  assert.equal(await load('check'), 'adds 42');
  assert.equal(readdirSync(folder).length, 2);
  await load('rules', 'throw new Error();');
  assert.equal(readdirSync(folder).length, 2);
});

test('a folder that cannot be written costs nothing but the time', async () => {
  const { load, place } = program('exports.answer = () => 42;');
  writeFileSync(join(place, 'file'), '');
  assert.match(await load('run', '', join(place, 'file')), / 42$/);
});

test('what is loaded so may load other modules, as a file and as a package', async () => {
  const { load } = program(
    "exports.answer = () => [typeof require('./other.cjs').x, typeof require('node:fs'), __filename.slice(-11)];",
  );
  assert.match(await load('run'), / number,object,program.cjs$/);
});

/** A CommonJS file, and a process that loads it and says what it answers and whether it adds to the kept code. */
function program(source: string) {
  const place = tempDir();
  const path = join(place, 'program.cjs');
  const folder = join(place, 'code');
  writeFileSync(path, source);
  writeFileSync(join(place, 'other.cjs'), 'exports.x = 1;');
  const load = async (command: string, last = '', into = folder): Promise<string> => {
    const code = { path, command, folder: into };
    const script = `
      import { Script } from 'node:vm';
      const { createCachedData } = Script.prototype;
      let word = 'takes';
      Script.prototype.createCachedData = function () { word = 'adds'; return createCachedData.call(this); };
      const { loadWithKeptCode } = await import(${JSON.stringify(keptCode)});
      const answer = loadWithKeptCode(${JSON.stringify(code)}).answer();
      process.once('exit', () => console.log(word, String(answer)));
      ${last}`;
    const ended = await run(process.execPath, ['--input-type=module', '-e', script]).catch(
      (error: { stdout: string }) => error,
    );
    return ended.stdout.trim();
  };
  return { load, folder, place };
}
