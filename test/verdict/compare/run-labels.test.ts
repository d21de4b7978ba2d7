import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ComparedRun } from '../../../src/verdict/compare/compared-run.ts';
import { runLabels } from '../../../src/verdict/compare/words/run-labels.ts';
import { madeSpec } from '../../support/made-run.ts';

function run(
  file: string,
  {
    name,
    dataset = 'cells',
    runId = 'a1',
  }: { name?: string; dataset?: string; runId?: string } = {},
) {
  const spec = madeSpec({ name: dataset });
  const model = { ...spec.model, uri: `file:///models/${file}` };
  return { runId, spec: { ...spec, model }, ...(name && { name }) } as unknown as ComparedRun;
}

describe('the labels of runs', () => {
  it('are their names, else what distinguishes the files of their models', () => {
    assert.deepEqual(
      runLabels([run('a.onnx', { name: 'before' }), run('b.onnx', { name: 'after' })]),
      ['before', 'after'],
    );
    const checkpoints = ['bccd-epoch5.onnx', 'bccd-epoch20.onnx', 'bccd.onnx'].map((file) =>
      run(file),
    );
    assert.deepEqual(runLabels(checkpoints), ['epoch5', 'epoch20', 'bccd']);
  });

  it('are datasets or ids where the model is the same', () => {
    const same = [run('a.onnx', { dataset: 'day' }), run('a.onnx', { dataset: 'night' })];
    assert.deepEqual(runLabels(same), ['day', 'night']);
    assert.deepEqual(runLabels([run('a.onnx', { runId: 'x1' }), run('a.onnx', { runId: 'y2' })]), [
      'x1',
      'y2',
    ]);
  });

  it('are never the same twice', () => {
    const twice = [
      run('a.onnx', { name: 'best', runId: 'x1' }),
      run('a.onnx', { name: 'best', runId: 'y2' }),
    ];
    assert.deepEqual(runLabels(twice), ['x1', 'y2']);
    assert.deepEqual(runLabels([run('a.onnx'), run('a.onnx')]), ['a1 (1)', 'a1 (2)']);
  });
});
