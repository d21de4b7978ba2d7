import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { basisText } from '../../../src/cli/basis/basis-text.ts';
import { decodeBasis } from '../../../src/shared/basis/dataset-basis.ts';
import { fittedCase } from '../../support/basis-cases.ts';
import { repositoryRoot } from '../../support/cache-folder.ts';
import { runCli } from '../../support/cli.ts';
import { tinyModel } from '../../support/fleet.ts';
import { tempDir } from '../../support/temp-dir.ts';

const photos = join(repositoryRoot, 'examples/blood-cells/images/test');

describe('eigenfleet basis', () => {
  it('fits a basis, shows it, and merges it, with JSON on stdout and progress on stderr', async () => {
    const folder = tempDir();
    const out = join(folder, 'bases');
    const common = ['--model', tinyModel, '--images', photos, '--device', 'cpu', '--threads', '1'];
    const fit = await runCli([
      ...['basis', 'fit', ...common, '--limit', '2', '--keep', '3', '--out', out, '--json'],
    ]);
    assert.equal(fit.code, 0, fit.stderr);
    assert.match(fit.stderr, /2 of 2 images/);
    const { schema, dataset, layers, file } = JSON.parse(fit.stdout);
    assert.equal(schema, 'basis@1');
    assert.deepEqual([dataset.images, dataset.failed], [2, 0]);
    assert.equal(layers.length, 3);
    assert.equal(file, join(out, 'basis.safetensors'));
    const stored = decodeBasis(readFileSync(file));
    assert.deepEqual(stored.description.layers, layers);
    const merged = join(folder, 'all.safetensors');
    const merge = await runCli(['basis', 'merge', out, file, '--out', merged]);
    assert.equal(merge.code, 0, merge.stderr);
    assert.match(merge.stdout, /^Basis of 4 images of /);
    const show = await runCli(['basis', 'show', merged, '--json']);
    assert.equal(JSON.parse(show.stdout).dataset.images, 4);
    const compare = await runCli(['basis', 'compare', merged, file]);
    assert.equal(compare.code, 0, compare.stderr);
    // The same images, once and twice.
    assert.match(compare.stdout, /^ {2}model\.15 +PC1.* turns by 0\.0 degrees, /m);
    assert.match(compare.stdout, /^None turns more than twice as far/m);
  });

  it('says what is missing, and exits with the code for it', async () => {
    const cases = [
      [['basis', 'fit', '--model', tinyModel], 2, /Which images\?/],
      [['basis', 'fit', '--images', photos], 2, /Which model\?/],
      [
        ['basis', 'fit', '--model', tinyModel, '--images', photos, '--keep', '0'],
        2,
        /--keep must be a whole number/,
      ],
      [
        ['basis', 'fit', '--model', tinyModel, '--images', photos, '--part', '3/2'],
        2,
        /--part must be a part and how many there are, such as 2\/8/,
      ],
      [['basis', 'show', join(photos, 'absent.safetensors')], 2, /There is no basis at/],
      [['basis', 'merge', 'a.safetensors'], 2, /Where to\?/],
    ] as const;
    for (const [args, code, message] of cases) {
      const told = await runCli(args);
      assert.equal(told.code, code, told.stderr);
      assert.match(told.stderr, message);
    }
    assert.ok(!readdirSync(repositoryRoot).includes('basis.safetensors'));
  });

  it('draws the curve, marks what is not kept, and names groups', () => {
    const { description } = fittedCase();
    const layers = description.layers.map((layer) => ({ ...layer, groups: [[1, 2], [3, 4], [5]] }));
    const text = basisText({ ...description, layers }, 'blood.safetensors');
    assert.match(text, /model\.15: 2 of 6 components kept, .*; 1 and 2 nearly tie/);
    assert.match(text, /\n {3} {2}1 {2}█{30} +\d+\.\d %/);
    assert.match(text, /\n {2}- {2}3 /);
    assert.match(text, /not classes/);
    assert.match(text, /^Basis of 5 images of case, for /);
    const parts = [{ numbers: [2], of: 8, listing: 'a'.repeat(64) }];
    const part = { ...description, dataset: { ...description.dataset, parts } };
    assert.match(
      basisText(part, 'part.safetensors'),
      /^Basis of 5 images of case, part 2 of 8, for /,
    );
  });
});
