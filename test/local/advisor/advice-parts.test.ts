import assert from 'node:assert/strict';
import { test } from 'node:test';
import { passesOf } from '../../../src/local/advisor/candidate-explainers.ts';
import { fusionCandidates } from '../../../src/local/advisor/fusion-candidates.ts';

test('layers go through the model in as many passes as their activations need, each with one layer at least', () => {
  const layer = (name: string, cells: number) => ({
    name,
    channels: 2,
    gridHeight: cells,
    gridWidth: 1,
  });
  const layers = [layer('a', 10), layer('b', 2), layer('c', 3), layer('d', 1)];
  assert.deepEqual(passesOf(layers, 40), [['a'], ['b', 'c'], ['d']]);
  assert.deepEqual(passesOf(layers), [['a', 'b', 'c', 'd']]);
});

test('the default layers, the best two and the best three are fused by each rule, in the order of the graph', () => {
  const choice = {
    layers: ['a', 'b', 'c', 'd'],
    ranked: ['d', 'b', 'a', 'c'],
    defaults: ['b', 'd'],
  };
  const found = fusionCandidates(choice).map(
    ({ layers, fusion }) => `${fusion} ${layers.join('')}`,
  );
  assert.deepEqual(found, [
    ...['mean bd', 'max bd', 'variance bd', 'geometric bd'],
    ...['mean abd', 'max abd', 'variance abd', 'geometric abd'],
  ]);
  assert.deepEqual(fusionCandidates({ layers: ['a'], ranked: ['a'], defaults: ['a'] }), []);
});
