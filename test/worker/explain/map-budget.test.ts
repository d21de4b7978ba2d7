import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { seededRandom } from '../../../bench/support/random.ts';
import { MapArchiveWriter } from '../../../src/shared/results/map-archive.ts';
import type { BoxMap } from '../../../src/shared/run/evidence/box-map.ts';
import type { ClassEvidence } from '../../../src/shared/run/evidence/class-evidence.ts';
import type { SampleLabels } from '../../../src/shared/run/labels/sample-labels.ts';
import { packBoxesBeside } from '../../../src/worker/explain/box-maps.ts';
import { packWithinBudget } from '../../../src/worker/explain/class-evidence.ts';

const random = seededRandom(1);
const sides = [80, 40, 20];

/** `noise`: part of the cells that no neighbor foretells. */
function cells(side: number, noise: number): Float32Array {
  return Float32Array.from({ length: side * side }, () => (random() < noise ? random() : 0));
}

function evidenceOf(classes: number, levels: readonly number[], noise: number): ClassEvidence[] {
  return Array.from({ length: classes }, (_, classId) => {
    const side = levels[classId % levels.length]!;
    return {
      ...{ classId, layer: `model.${side}`, gridHeight: side, gridWidth: side },
      ...{ low: 0, high: 1 + classId, map: cells(side, noise) },
    };
  });
}

function boxesOf(levels: readonly number[], noise: number): BoxMap[] {
  return Array.from({ length: 8 }, (_, detection) => {
    const side = levels[detection % levels.length]!;
    const map = cells(side, noise);
    map[detection] = 1;
    return { detection, layer: `model.${side}`, gridHeight: side, gridWidth: side, cell: 0, map };
  });
}

/** Bytes of the two archives of a shard of this image alone. */
function storedBytes(evidence: readonly ClassEvidence[], boxMaps: readonly BoxMap[]) {
  const objects = evidence.map(({ classId }) => ({ classId, box: [0, 0, 8, 8] as const }));
  const labels: SampleLabels = { status: 'labeled', objects, remarks: [] };
  const input = { inputHeight: 640, inputWidth: 640 };
  const packed = packWithinBudget(evidence, input, { classes: ['found'], maps: true, labels });
  const boxes = packBoxesBeside(packed, boxMaps, { input, options: { boxMaps: 8 } });
  const [ofClasses, ofBoxes] = [new MapArchiveWriter(), new MapArchiveWriter()];
  for (const [index, map] of packed.entries()) {
    if (map) ofClasses.add(`row_999999_class_${evidence[index]!.classId}`, map);
  }
  for (const [group, one] of boxes.groups.entries()) {
    ofBoxes.add(`row_999999_boxes_${group}`, one.packed);
  }
  return ofClasses.finish().length + ofBoxes.finish().length;
}

describe('class evidence and box maps of an image of 640 px', () => {
  for (const levels of [sides, [80], [20], [20, 40]]) {
    it(`take at most 10 kB together on grids of ${levels.join(', ')} cells a side, however many classes and whatever they look like`, () => {
      for (const classes of [1, 4, 80]) {
        for (const noise of [0, 0.01, 0.1, 1]) {
          const bytes = storedBytes(evidenceOf(classes, levels, noise), boxesOf(levels, noise));
          assert.ok(bytes <= 10_000, `${classes} classes, noise ${noise}: ${bytes} bytes`);
        }
      }
    });
  }
});
