import assert from 'node:assert/strict';
import { it } from 'node:test';
import { modelNameOf } from '../../../../src/shared/run/places/model-name.ts';

it('a model is called by the name of its file, or by name and version in a registry', () => {
  assert.equal(modelNameOf('file:///data/best%20model.onnx'), 'best model.onnx');
  assert.equal(modelNameOf('s3://models/nightly/best-31.onnx'), 'best-31.onnx');
  assert.equal(modelNameOf('file:///data/100%.onnx'), '100%.onnx');
  assert.equal(modelNameOf('mlflow://blood-cells/7'), 'blood-cells v7');
  assert.equal(modelNameOf('mlflow://blood-cells/7/weights/best.onnx'), 'blood-cells v7');
});
