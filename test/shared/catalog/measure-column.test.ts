import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { measureCatalog } from '../../../src/shared/catalog/measure-catalog.ts';
import {
  componentPart,
  fusedColumns,
  isOfImage,
  layerColumns,
  mapColumn,
  parseColumn,
  sampleColumns,
  snakeCase,
} from '../../../src/shared/catalog/measure-column.ts';

describe('the column of a measure', () => {
  it('is letters, digits and underscores', () => {
    assert.equal(fusedColumns.boxLift, 'box_lift_fused');
    assert.equal(sampleColumns.layerAgreement, 'layer_agreement');
    assert.equal(mapColumn('centerX', 'model_15'), 'center_x_model_15');
    assert.equal(mapColumn('residual', componentPart('model_15', 2)), 'residual_model_15_pc2');
  });

  it('is read back as measure, map and component', () => {
    const read = (column: string) => {
      const { kind, map, component } = parseColumn(column) ?? {};
      return [kind?.name, map, component];
    };
    assert.deepEqual(read('box_lift_fused'), ['boxLift', 'fused', undefined]);
    assert.deepEqual(read('explained_variance_model_15'), [
      'explainedVariance',
      'model_15',
      undefined,
    ]);
    assert.deepEqual(read('sign_margin_model_15_pc10'), ['signMargin', 'model_15', 10]);
    assert.deepEqual(read('box_area'), ['boxArea', undefined, undefined]);
    for (const other of ['pad_left', 'box_area_fused', 'boxLift.fused', 'detections_2', '']) {
      assert.equal(parseColumn(other), undefined, other);
    }
  });

  it('cannot be mistaken for that of another measure', () => {
    const begins = measureCatalog.map(({ name }) => snakeCase(name));
    for (const begin of begins) {
      const longer = begins.filter((other) => other.startsWith(`${begin}_`));
      assert.deepEqual(longer, [], begin);
    }
  });

  it('is of the image when it is of the fused map or of no map', () => {
    const ranked = ['box_lift_fused', 'detections', 'box_lift_model_15', 'pad_top'].map(isOfImage);
    assert.deepEqual(ranked, [true, true, false, false]);
  });
});

describe('layers in columns', () => {
  it('are their names without what engines do not take', () => {
    assert.deepEqual(layerColumns(['model.15', '/model.22/cv2/Conv_output_0', 'Äö']), [
      'model_15',
      'model_22_cv2_conv_output_0',
      'layer',
    ]);
  });

  it('stay unique whatever the case, and apart from the fused map and from components', () => {
    assert.deepEqual(layerColumns(['a.b', 'A-B', 'a_b', 'Fused', 'x_pc2']), [
      'a_b',
      'a_b_2',
      'a_b_3',
      'fused_2',
      'x_pc2_layer',
    ]);
  });
});
