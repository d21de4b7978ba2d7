import { contentCells } from '../../maps/content-cells.ts';
import { evidenceFrame } from '../../maps/evidence/evidence-frame.ts';
import { votesOf } from '../../maps/evidence/evidence-in-objects.ts';
import { objectCoverage } from '../../maps/object-coverage.ts';
import type { Detection } from '../../shared/run/detection.ts';
import type { ClassEvidence } from '../../shared/run/evidence/class-evidence.ts';
import type { LetterboxGeometry } from '../../shared/run/letterbox-geometry.ts';

/** What one image's evidence of one class adds to the comparison of images with each other, in whole numbers. */
export interface EvidenceFrame {
  readonly classId: number;
  /** [evidenceFrameSize, evidenceFrameSize] over the image: the class's votes, times an even spread, in units of 1 / `frameUnit`. */
  readonly votes: Int32Array<ArrayBuffer>;
  /** The same of the regions of its objects. */
  readonly regions: Int32Array<ArrayBuffer>;
}

/** Of the classes that have both evidence and objects in the image. */
export function evidenceFrames(
  evidence: readonly ClassEvidence[],
  geometry: LetterboxGeometry,
  detections: readonly Detection[],
): EvidenceFrame[] {
  return evidence.flatMap((one) => {
    if (one.inObjects === undefined) return [];
    const { classId, map } = one;
    const cells = contentCells(geometry, one);
    const ofClass = detections.filter((detection) => detection.classId === classId);
    const coverage = objectCoverage(ofClass, geometry)?.(cells);
    if (coverage === undefined) return [];
    const regions = new Float64Array(cells.areas.length);
    for (let cell = 0; cell < regions.length; cell++) {
      regions[cell] = cells.areas[cell]! * coverage[cell]!;
    }
    const votes = evidenceFrame(votesOf(map, cells), cells);
    return [{ classId, votes, regions: evidenceFrame(regions, cells) }];
  });
}
