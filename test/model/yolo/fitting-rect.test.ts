import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { it } from 'node:test';
import { create } from '@bufbuild/protobuf';
import { TensorShapeProto_DimensionSchema, type ValueInfoProto } from 'onnx-buf';
import { loadModel } from '../../../src/model/yolo/load-model.ts';
import { editModel, modelFixture } from '../../support/onnx-fixture.ts';
import { tempDir } from '../../support/temp-dir.ts';

const folder = tempDir();

async function loaded(bytes: Uint8Array, layers?: readonly string[]) {
  const path = join(folder, 'best.onnx');
  await writeFile(path, bytes);
  return (await loadModel(path, { layers })).model;
}

/** Symbols for the axes from `first` on, as `torch.onnx.export(..., dynamic_axes=...)` writes them. */
function open(info: ValueInfoProto | undefined, first: number): void {
  if (info?.type?.value.case !== 'tensorType') return;
  const { shape } = info.type.value.value;
  shape?.dim.splice(
    first,
    shape.dim.length,
    ...shape.dim
      .slice(first)
      .map((_, at) =>
        create(TensorShapeProto_DimensionSchema, { value: { case: 'dimParam', value: `d${at}` } }),
      ),
  );
}

/** A file of one size whose sides were opened: its head keeps the anchors of that size as a constant. */
const opened = () =>
  editModel(modelFixture('tiny-det.onnx'), ({ graph }) => {
    open(graph?.input[0], 2);
    open(graph?.output[0], 1);
  });

it('pads every image to the whole input where the anchors of one size are a constant', async () => {
  for (const layers of [undefined, ['model.4']]) {
    const model = await loaded(opened(), layers);
    assert.equal(model.dynamicSides, true);
    assert.equal(model.rectStride, undefined);
    assert.match(model.warnings.join(), /padded to 320x320 .*: the anchors of the head do not/);
  }
});

it('pads to the stride where the graph makes its anchors as it runs', async () => {
  const model = await loaded(modelFixture('tiny-det-dynamic.onnx'));
  assert.equal(model.rectStride, 32);
  assert.doesNotMatch(model.warnings.join(), /padded to/);
});
