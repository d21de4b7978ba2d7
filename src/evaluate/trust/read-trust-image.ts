import type { CoveringObject } from '../../maps/object-coverage.ts';
import { mapColumn } from '../../shared/catalog/measure-column.ts';
import { readStoredEvidence } from '../../shared/results/stored-evidence.ts';
import { readStoredMap } from '../../shared/results/stored-map.ts';
import type { RunSpec } from '../../shared/run/run-spec.ts';
import type { SampleRow } from '../../shared/run/sample-row.ts';
import { traitsOf } from '../../shared/run/task-traits.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';
import { labelRegions } from '../labels/label-regions.ts';
import type { ObjectRow } from '../result/object-row.ts';
import { detectionRegions } from './detection-regions.ts';
import { fusedMap, type StoredLayer } from './fused-map.ts';
import type { TrustImage, TrustRegion } from './trust-image.ts';

export interface TrustSource {
  /** Where the run's files are. */
  readonly stored: Pick<ObjectStore, 'getRange'>;
  readonly spec: RunSpec;
  readonly shard: number;
}

/** Which box and which label a row of the table of objects is about. */
type Judged = Pick<ObjectRow, 'outcome' | 'classId' | 'detection' | 'label'>;

/** What is stored of one image, for the trust in its objects; one without objects costs no reading. `undefined` for an image that was not explained. */
export async function readTrustImage(
  source: TrustSource,
  row: SampleRow,
  objects: readonly Judged[],
): Promise<TrustImage | undefined> {
  const { geometry } = row;
  if (geometry === undefined) return undefined;
  const regions = regionsOf(source, row, objects);
  if (regions.length === 0) return { geometry, evidence: [], regions };
  const { stored, spec, shard } = source;
  const wanted = new Set(regions.map(({ classId }) => classId));
  const evidence = await readStoredEvidence(stored, spec, {
    shard,
    evidence: row.evidence?.filter(({ classId }) => wanted.has(classId)),
  });
  const fused = fusedMap(await storedLayers(source, row), geometry, spec.options);
  return { geometry, evidence: evidence ?? [], regions, ...(fused && { fused }) };
}

/** The label's region where there is one: what the model says of an object is asked where the object is, and not where the box was put. */
function regionsOf(
  { spec }: TrustSource,
  { geometry, detections, labels }: SampleRow,
  objects: readonly Judged[],
): TrustRegion[] {
  if (geometry === undefined) return [];
  const { shape } = traitsOf(spec.model.task);
  const isKnown = labels !== undefined && labels.status !== 'unusable';
  const regions = objects.map(({ outcome, classId, label, detection }) => {
    const isLabel = outcome === 'tp' || outcome === 'fn';
    const [ofLabel, ofDetection] = [labels?.objects[label ?? -1], detections[detection ?? -1]];
    const [region = nowhere] = isLabel
      ? labelRegions(ofLabel ? [ofLabel] : [], geometry, shape)
      : detectionRegions(ofDetection ? [ofDetection] : [], geometry, shape);
    return { classId, region, isObject: isLabel || !isKnown };
  });
  return inOneForm(regions);
}

/** Boxes where one of them has no other form, as labels of a segment model may: what is inside of a mask and around boxes cannot be set against one another. */
function inOneForm(regions: readonly TrustRegion[]): TrustRegion[] {
  const has = (form: 'mask' | 'rotated') => regions.every(({ region }) => region[form]);
  if (has('mask') || has('rotated')) return [...regions];
  return regions.map(({ region: { box }, ...one }) => ({ ...one, region: { box } }));
}

const nowhere: CoveringObject = { box: [0, 0, 0, 0] };

/** First components; none where the run stored none, or where one cannot be read. */
async function storedLayers(
  { stored, spec, shard }: TrustSource,
  { geometry, mapRow, measures }: SampleRow,
): Promise<StoredLayer[]> {
  if (mapRow === undefined || !spec.options.maps) return [];
  const layers: StoredLayer[] = [];
  for (const layer of spec.targetLayers) {
    const address = { layer, shard, mapRow, geometry, components: 1 };
    const read = await readStoredMap(stored, spec, address);
    if (read === undefined) return [];
    const { gridWidth, gridHeight } = read.layer;
    const explainedVariance = measures[mapColumn('explainedVariance', layer.column)] ?? 0;
    layers.push({ gridWidth, gridHeight, map: read.values, explainedVariance });
  }
  return layers;
}
