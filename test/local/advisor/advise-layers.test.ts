import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import sharp from 'sharp';
import { type RunProgress, rankLayers } from '../../../src/index.ts';
import { type AdviceOutcome, adviseLayers } from '../../../src/local/advisor/advise-layers.ts';
import { contactSheet } from '../../../src/report/advice/contact-sheet.ts';
import {
  adviceTitle,
  rankedName,
  verdictSentences,
} from '../../../src/report/advice/layer-advice.ts';
import type { RunSettings } from '../../../src/shared/settings/run-settings.ts';
import { repositoryRoot } from '../../support/cache-folder.ts';
import { coloredModel, coloredSide } from '../../support/colored-model.ts';
import { fixtureModel } from '../../support/explainer.ts';
import { tempDir } from '../../support/temp-dir.ts';

const square = 24;

/** Black pictures with a labeled red square and a blue one somewhere else, on whole cells, and a background picture. */
async function redAndBlue(images = 6): Promise<string> {
  const root = tempDir();
  mkdirSync(join(root, 'images'));
  mkdirSync(join(root, 'labels'));
  writeFileSync(join(root, 'colored.onnx'), coloredModel());
  for (let i = 0; i < images; i++) {
    const [left, top] = [8 * (i % 3), 8 * (i % 4)];
    const paint = (background: string, x: number, y: number) => ({
      input: { create: { width: square, height: square, channels: 3 as const, background } },
      ...{ left: x, top: y },
    });
    const canvas = { width: coloredSide, height: coloredSide, channels: 3 as const };
    await sharp({ create: { ...canvas, background: '#000' } })
      .composite([paint('#f00', left, top), paint('#00f', 40, 40 - top)])
      .png()
      .toFile(join(root, 'images', `${i}.png`));
    const [x, y] = [left, top].map((side) => (side + square / 2) / coloredSide);
    const size = square / coloredSide;
    writeFileSync(join(root, 'labels', `${i}.txt`), `0 ${x} ${y} ${size} ${size}\n`);
  }
  writeFileSync(join(root, 'images', 'z.png'), '');
  return root;
}

function advised(
  root: string,
  more: Partial<RunSettings> = {},
  onRankable?: () => Promise<void>,
): Promise<AdviceOutcome> {
  const said = { model: join(root, 'colored.onnx'), images: join(root, 'images') };
  return adviseLayers({
    settings: { ...said, device: 'cpu', threads: 1, ...more },
    candidates: ['colors', 'red', 'blue'],
    defaults: ['model.1', 'model.2'],
    signal: new AbortController().signal,
    // Those of a program have threads: see `rankLayers`.
    ownsThread: true,
    note: () => {},
    warn: () => {},
    ...(onRankable && { onRankable }),
  });
}

describe('the layer advisor', () => {
  it('ranks the same for a program, and refuses settings that it does not take', async () => {
    const root = await redAndBlue(3);
    const model = join(root, 'colored.onnx');
    const options = { images: join(root, 'images'), device: 'cpu', threads: 1, warn: () => {} };
    const passes: number[] = [];
    const onProgress = ({ done, total }: RunProgress) => void (done === total && passes.push(done));
    const told = await rankLayers(model, { ...options, onProgress });
    assert.ok(told.status === 'ranked');
    assert.equal(rankedName(told.advice.ranked[0] ?? assert.fail()), 'model.1');
    assert.equal(told.advice.objectsFrom, 'labels');
    assert.ok(passes.length >= 1, String(passes));
    const misspelt = { ...options, image: 'x' };
    await assert.rejects(rankLayers(model, misspelt), /options: there is no|no setting "image"/);
  });

  it('makes no place for a contact sheet where nothing tells where heat should lie', async () => {
    const root = await redAndBlue(1);
    let places = 0;
    const make = async () => void places++;
    const outcome = await advised(root, { task: 'none', labels: false }, make);
    assert.equal(outcome.status, 'not-ranked');
    assert.equal(places, 0);
    assert.equal((await advised(root, {}, make)).status, 'ranked');
    assert.equal(places, 1);
  });

  it('puts the layer first that sees what is labeled, and the one last that sees something else', async () => {
    const root = await redAndBlue();
    const outcome = await advised(root);
    assert.ok(outcome.status === 'ranked');
    const { advice, columns, sheet, failed } = outcome;
    const { ranked } = advice;
    const single = ranked.filter(({ fusion }) => fusion === undefined);
    assert.deepEqual(single.map(rankedName), ['model.1', 'model.0', 'model.2']);
    const [first] = ranked;
    assert.ok(first !== undefined && advice.choice !== undefined);
    assert.equal(rankedName(advice.choice), 'model.1');
    assert.ok(Math.abs(advice.choice.attainable - 1) < 1e-6, `${advice.choice.attainable}`);
    assert.ok(Math.abs(advice.area - (square / coloredSide) ** 2) < 1e-6);
    // All heat of the blue layer lies outside: -a / (1 - a).
    const blue = single.at(-1)?.attainable ?? 0;
    assert.ok(Math.abs(blue + advice.area / (1 - advice.area)) < 1e-6, `${blue}`);
    assert.ok(
      ranked
        .filter(({ couldBeBest }) => couldBeBest)
        .every(({ layers }) => layers.includes('model.1')),
    );
    assert.match(
      advice.command,
      /^eigenfleet run --model \S+colored\.onnx --images \S+images --layers 1 /,
    );
    assert.deepEqual(advice.images, { listed: 7, measured: 6, failed: 1 });
    assert.deepEqual([advice.objectsFrom, advice.objects, failed[0]?.key], ['labels', 6, 'z.png']);
    assert.ok(ranked.some(({ isDefault, layers }) => isDefault && layers.length === 2));
    assert.ok(verdictSentences(advice).some((one) => one.startsWith('Take model.1, 1.00')));
    const drawn = await contactSheet({
      ...{ advice, columns, images: sheet, subtitle: 'colored.onnx', maxPixels: 1e6 },
    });
    assert.equal(drawn.html.match(/<tr class="row-/g)?.length, 4);
    assert.match(drawn.html, /alt="Heat of model.1 on 0.png: hottest upper left"/);
    assert.doesNotMatch(drawn.html, /<script|https?:\/\/(?!www\.w3\.org)/);
    const { width = 0, height = 0 } = await sharp(drawn.png).metadata();
    assert.ok(width > (columns.length + 1) * 144 && height > 4 * 144);
  });

  it('gives no interval for fewer than five images, and says so', async () => {
    const outcome = await advised(await redAndBlue(3), { limit: 3 });
    assert.ok(outcome.status === 'ranked');
    const { advice } = outcome;
    assert.ok(advice.ranked.every(({ interval, couldBeBest }) => !interval && !couldBeBest));
    assert.match(verdictSentences(advice)[0] ?? '', /^3 images are too few to tell places apart/);
  });

  it('ranks only the layers that are said', async () => {
    const outcome = await advised(await redAndBlue(5), { layers: ['0', '2'] });
    assert.ok(outcome.status === 'ranked');
    const single = outcome.advice.ranked.filter(({ fusion }) => fusion === undefined);
    assert.deepEqual(single.map(rankedName), ['model.0', 'model.2']);
  });

  it('holds the layers of a classifier against the activation of the labeled class', async () => {
    const images = join(repositoryRoot, 'examples/blood-cells-classify/test');
    const options = { images, layers: ['5', '9'], device: 'cpu', threads: 1, warn: () => {} };
    const outcome = await rankLayers(fixtureModel('tiny-cls'), options);
    assert.ok(outcome.status === 'ranked');
    const { advice } = outcome;
    assert.equal(advice.objectsFrom, 'labeled-class');
    assert.deepEqual(advice.images, { listed: 12, measured: 12, failed: 0 });
    assert.ok(advice.ceiling !== undefined && advice.ceiling > 0 && advice.ceiling <= 1);
    const single = advice.ranked.filter(({ fusion }) => fusion === undefined);
    // The activation is made of the features of model.9.
    assert.deepEqual(single.map(rankedName), ['model.9', 'model.5']);
    assert.ok(advice.ranked.every(({ energy }) => energy > 0 && energy <= 1));
    assert.match(adviceTitle(advice), /^Most heat where the class is seen: /);
  });

  it('refuses labels that cover all of an image: nothing is attainable there', async () => {
    const root = await redAndBlue(2);
    for (const name of ['0', '1']) {
      writeFileSync(join(root, 'labels', `${name}.txt`), '0 0.5 0.5 1 1\n');
    }
    await assert.rejects(advised(root), { code: 'dataset', message: /covers all of the image/ });
  });

  it('refuses where the model finds nothing and nobody labeled the images', async () => {
    const root = await redAndBlue(2);
    await assert.rejects(advised(root, { labels: false }), {
      code: 'dataset',
      message: /finds nothing in the 3 images with a confidence of 0.5 or more.*lower --conf/,
    });
  });
});
