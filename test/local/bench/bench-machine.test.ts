import assert from 'node:assert/strict';
import { copyFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { benchText } from '../../../src/cli/bench/bench-text.ts';
import { benchFlagsOf } from '../../../src/local/bench/bench-flags.ts';
import { type BenchOutcome, benchMachine } from '../../../src/local/bench/bench-machine.ts';
import { repositoryRoot } from '../../support/cache-folder.ts';
import { tempDir } from '../../support/temp-dir.ts';

const model = join(repositoryRoot, 'test/fixtures/models/tiny-det-dynamic.onnx');
const bloodCells = join(repositoryRoot, 'examples/blood-cells/images/test');
const quiet = { note: () => {}, warn: () => {} };

describe('the bench of a machine', () => {
  it('measures every flag in turn with the model alone, the fastest first', async () => {
    const steps: string[] = [];
    const images = tempDir();
    for (const name of (await readdir(bloodCells)).slice(0, 4)) {
      await copyFile(join(bloodCells, name), join(images, name));
    }
    const { bare, tried, device, pictures } = await benchMachine({
      ...{ ...quiet, signal: new AbortController().signal, rounds: 2, secondsEach: 0.01 },
      settings: {
        model,
        imgsz: [64, 64],
        images,
        device: 'cpu',
        threads: 2,
        classes: ['none'],
        boxMaps: 0,
      },
      onStep: (words) => steps.push(words),
    });
    assert.equal(device, 'cpu');
    assert.match(pictures, /^4 images of /);
    assert.ok(bare.imagesPerSecond > 0);
    assert.deepEqual(tried.map(({ threads }) => threads).sort(), [1, 2]);
    assert.ok(tried[0]!.imagesPerSecond >= tried[1]!.imagesPerSecond);
    for (const { rates, ofBare } of tried) {
      assert.equal(rates.length, 2);
      assert.ok(ofBare > 0 && Number.isFinite(ofBare));
    }
    assert.deepEqual(steps.slice(1), [
      ...[
        'round 1 of 2: the model itself',
        'round 1 of 2: --threads 2',
        'round 1 of 2: --threads 1',
      ],
      ...[
        'round 2 of 2: the model itself',
        'round 2 of 2: --threads 2',
        'round 2 of 2: --threads 1',
      ],
    ]);
  });

  it('tries batches on an accelerator, and a fixed batch as it is', () => {
    const gpu = { device: 'cuda:0', threads: 8 } as const;
    const batches = benchFlagsOf({ ...gpu, batch: 'dynamic' }).map(({ batch }) => batch);
    assert.deepEqual(batches, [1, 4, 8, 16]);
    assert.deepEqual(benchFlagsOf({ ...gpu, batch: 4 }), [{ threads: 8, batch: 4 }]);
    const cpu = benchFlagsOf({ device: 'cpu', threads: 6, batch: 'dynamic' });
    assert.deepEqual(
      cpu.map(({ threads }) => threads),
      [6, 3, 1],
    );
  });

  it('prints the run that uses what it found, without flags that say what a run does anyway', () => {
    const tried = { threads: 8, batch: 8, rates: [90, 110], imagesPerSecond: 100, ofBare: 0.8 };
    const outcome: BenchOutcome = {
      ...{ device: 'cuda:0', threads: 8, pictures: 'a made JPEG', tried: [tried] },
      bare: { imagesPerSecond: 125, sessions: 1, threads: 8 },
    };
    const told = benchText(outcome, 'best.onnx');
    assert.match(told, /--batch 8 +100\.0 images\/s {2}80.% of the model alone, 90\.0 to 110\.0/);
    assert.match(told, /run --model best\.onnx --images FOLDER --device cuda:0 --batch 8$/);
    const alone = { ...outcome, device: 'cpu' as const, tried: [{ ...tried, batch: 1 }] };
    assert.match(benchText(alone, 'best.onnx'), /run --model best\.onnx --images FOLDER$/);
  });
});
