import assert from 'node:assert/strict';
import { it } from 'node:test';
import { create } from '@bufbuild/protobuf';
import {
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  GraphProtoSchema,
  NodeProtoSchema,
  ValueInfoProtoSchema,
} from 'onnx-buf';
import { readYoloModel } from '../../../src/model/yolo/yolo-model.ts';
import { editModel, modelFixture } from '../../support/onnx-fixture.ts';

/** A branch that hands on what the graph around it made. */
const handing = (tensor: string, name: string) =>
  create(AttributeProtoSchema, {
    name,
    type: AttributeProto_AttributeType.GRAPH,
    g: create(GraphProtoSchema, {
      name,
      node: [create(NodeProtoSchema, { opType: 'Identity', input: [tensor], output: [name] })],
      output: [create(ValueInfoProtoSchema, { name })],
    }),
  });

it('finds the head behind an If whose branches read the answer from the graph around them', () => {
  const bytes = editModel(modelFixture('tiny-det.onnx'), ({ graph }) => {
    const last = graph?.node.find(({ output }) => output[0] === 'output0');
    if (last === undefined) throw new Error('no node makes output0');
    last.output = ['inner'];
    const attribute = [handing('inner', 'then_branch'), handing('inner', 'else_branch')];
    const condition = graph?.initializer[0]?.name ?? '';
    graph?.node.push(
      create(NodeProtoSchema, { opType: 'If', input: [condition], output: ['output0'], attribute }),
    );
  });
  const { headModule, headInputs } = readYoloModel(bytes, { name: 'best.onnx' });
  const plain = readYoloModel(modelFixture('tiny-det.onnx'), { name: 'best.onnx' });
  assert.equal(headModule, plain.headModule);
  assert.deepEqual(headInputs, plain.headInputs);
});
