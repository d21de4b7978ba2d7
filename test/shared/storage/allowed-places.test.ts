import assert from 'node:assert/strict';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { AllowedPlaces, readablePlaces } from '../../../src/shared/storage/allowed-places.ts';
import { confined } from '../../../src/shared/storage/confined-store.ts';
import { openStore } from '../../../src/shared/storage/open-store.ts';
import { tempDir } from '../../support/temp-dir.ts';

async function hold(places: AllowedPlaces, wanted: boolean, tried: readonly string[]) {
  for (const place of tried) assert.equal(await places.has(place), wanted, place);
}

/** `allowed` and `elsewhere`, each with a folder `run`, and links from the one to the other. */
async function twoFolders() {
  const top = tempDir();
  const [allowed, elsewhere] = [join(top, 'allowed'), join(top, 'elsewhere')];
  for (const folder of [allowed, elsewhere]) await mkdir(join(folder, 'run'), { recursive: true });
  await writeFile(join(elsewhere, 'run/photo.jpg'), 'theirs');
  await writeFile(join(allowed, 'run/photo.jpg'), 'ours');
  await symlink(elsewhere, join(allowed, 'out'));
  await symlink(join(elsewhere, 'not-yet'), join(allowed, 'dangling'));
  await symlink(join(elsewhere, 'run/photo.jpg'), join(allowed, 'run/link.jpg'));
  await symlink(allowed, join(top, 'also'));
  return { top, allowed, elsewhere };
}

it('follows links whose names are not UTF-8', { skip: process.platform !== 'linux' }, async () => {
  const folder = tempDir();
  await mkdir(join(folder, 'allowed'));
  await mkdir(join(folder, 'elsewhere'));
  await symlink(join(folder, 'elsewhere'), Buffer.from(join(folder, 'allowed/\xe9'), 'latin1'));
  const places = new AllowedPlaces([join(folder, 'allowed')]);
  assert.equal(await places.has(pathToFileURL(join(folder, 'allowed/\\xE9/a.jpg')).href), false);
  assert.equal(await places.has(pathToFileURL(join(folder, 'allowed/\\xEA/a.jpg')).href), true);
});

describe('allowed places', () => {
  it('are all when none is said, and none when the list is empty', async () => {
    await hold(new AllowedPlaces(undefined), true, ['s3://any', 'file:///any', 'memory:x']);
    await hold(new AllowedPlaces([]), false, ['s3://any', 'file:///any']);
  });

  it('are folders as they are, not as they are written', async () => {
    const { top, allowed, elsewhere } = await twoFolders();
    const places = new AllowedPlaces([allowed]);
    const uri = pathToFileURL(allowed).href;
    await hold(places, true, [
      ...[allowed, `${allowed}/`, uri, `${uri}/run`, `${uri}/new/deep`, `FILE${uri.slice(4)}/run`],
      ...[`${uri}/../allowed/run`, `${uri}/%72un`, join(top, 'also/run'), `${uri}//run`],
    ]);
    await hold(places, false, [
      ...[elsewhere, top, `${allowed}-else`, `${uri}/../elsewhere`, `${uri}/%2e%2e/elsewhere`],
      ...[
        `${uri}/.%2E/elsewhere`,
        `${uri}%2f..%2felsewhere`,
        `${uri}/..`,
        `${uri}/../allowed-else`,
      ],
      ...[
        `${uri}/out`,
        `${uri}/out/new`,
        `${uri}/dangling`,
        `${uri}/dangling/x`,
        `file://host${allowed}`,
      ],
      ...[
        `${uri}/run/../../elsewhere`,

        `${allowed}\0`,
        's3://allowed',
        '',
      ],
    ]);
    await hold(new AllowedPlaces([join(top, 'also')]), true, [allowed, `${uri}/run`]);
  });

  it('are buckets and whole parts of keys in S3', async () => {
    const places = new AllowedPlaces(['s3://b/allowed/', 's3://whole']);
    await hold(places, true, [
      's3://b/allowed',
      'S3://b/allowed/run',
      's3://whole',
      's3://whole/x',
    ]);
    await hold(places, false, [
      ...['s3://b', 's3://b/allowed-else', 's3://b/Allowed', 's3://B/allowed', 's3://wholes'],
      ...['s3://b/allowed/../else', 's3://b/allowed/./x', 's3://b/%61llowed', 's3://b/allowed%2Fx'],
      ...['s3://u:p@b/allowed', 's3://', 's3:///allowed', 'file:///allowed', 'https://b/allowed'],
    ]);
  });

  it("name models of MLflow's registry, or all of them", async () => {
    const one = new AllowedPlaces(['mlflow://detector']);
    await hold(one, true, [
      'mlflow://detector@champion',
      'mlflow://detector/7',
      'models:/detector/7',
    ]);
    await hold(one, false, [
      'mlflow://detector2@champion',
      'mlflow://',
      's3://detector',
      'detector',
    ]);
    await hold(new AllowedPlaces(['mlflow://']), true, ['mlflow://detector@champion']);
    await hold(new AllowedPlaces(['s3://models']), false, ['mlflow://detector@champion']);
  });

  it('must be places', () => {
    assert.throws(() => new AllowedPlaces(['https://host/x']), { code: 'usage' });
    assert.throws(() => new AllowedPlaces(['s3://b/../x']), { code: 'usage' });
  });

  it('of images are the whole buckets and the folders that results may go to', () => {
    assert.equal(readablePlaces(undefined), undefined);
    assert.deepEqual(readablePlaces(['s3://b/results', '/data/results']), [
      's3://b',
      '/data/results',
    ]);
  });
});

describe('a confined folder', () => {
  it('follows links only to places that are allowed', async () => {
    const { top, allowed, elsewhere } = await twoFolders();
    const store = confined(openStore(allowed), new AllowedPlaces([allowed]));
    const bytes = new TextEncoder().encode('x');
    assert.equal(String(Buffer.from((await store.get('run/photo.jpg'))!)), 'ours');
    assert.equal((await store.put('run/new/a.json', bytes)).sizeBytes, 1);
    const refused = {
      code: 'storage',
      message: /not below the places.*--allow-in and --allow-out/,
    };
    await assert.rejects(store.get('run/link.jpg'), refused);
    await assert.rejects(store.getRange('out/run/photo.jpg', 0, 1), refused);
    await assert.rejects(store.head('out/run/photo.jpg'), refused);
    await assert.rejects(store.put('out/run/a.json', bytes), refused);
    await assert.rejects(store.put('dangling/a.json', bytes), refused);
    await assert.rejects(store.delete('out/run/photo.jpg'), refused);
    await assert.rejects(store.get('../elsewhere/run/photo.jpg'), { code: 'storage' });
    const both = confined(openStore(allowed), new AllowedPlaces([join(top, 'also'), elsewhere]));
    assert.equal(String(Buffer.from((await both.get('run/link.jpg'))!)), 'theirs');
  });

  it('is the store itself where nothing is forbidden, and in S3', () => {
    const [folder, bucket] = [openStore(tempDir()), openStore('s3://b/x')];
    assert.equal(confined(folder, new AllowedPlaces(undefined)), folder);
    assert.equal(confined(bucket, new AllowedPlaces(['s3://b'])), bucket);
  });
});
