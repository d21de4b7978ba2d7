import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertOverlayMap, overlayClassOf } from '../../../src/model/evidence/evidence-plan.ts';

const model = { name: 'cells.onnx', classNames: ['RBC', 'WBC'] };
const found = { status: 'found', source: {} } as never;
const missing = { status: 'missing', reason: 'its queries belong to no cell' } as never;

test('overlays show the fused map, or the evidence of a class by name or id', () => {
  assert.equal(overlayClassOf(model, {}), undefined);
  assert.equal(overlayClassOf(model, { overlayMap: 'fused' }), undefined);
  assert.equal(overlayClassOf(model, { overlayMap: 'evidence:wbc' }), 1);
  assert.equal(overlayClassOf(model, { overlayMap: 'evidence: 0' }), 0);
  assert.throws(() => overlayClassOf(model, { overlayMap: 'evidence:WBX' }), {
    message: '--overlay-map evidence:WBX: cells.onnx has no such class. Did you mean WBC?',
  });
});

test('a run that would not compute what its overlays are to show is refused before it starts', () => {
  const overlayMap = 'evidence:WBC';
  for (const classes of [['found'], ['all'], ['wbc'], ['1', 'RBC']]) {
    assertOverlayMap({ model, evidence: found }, { overlayMap, classes });
  }
  for (const classes of [['none'], ['RBC']]) {
    assert.throws(() => assertOverlayMap({ model, evidence: found }, { overlayMap, classes }), {
      message: '--overlay-map evidence:WBC needs that class: add WBC to --classes.',
    });
  }
  const classes = ['found'];
  assert.throws(() => assertOverlayMap({ model, evidence: missing }, { overlayMap, classes }), {
    message:
      '--overlay-map evidence:WBC: no class evidence for cells.onnx: its queries belong to no cell. Leave it out: overlays show the fused map.',
  });
  assertOverlayMap({ model, evidence: missing }, { classes });
});
