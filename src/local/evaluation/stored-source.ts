import type { LabelPlanRequest } from '../../producer/plan/plan-labels.ts';
import type { RunSpec } from '../../shared/run/run-spec.ts';
import { readAllSamples } from '../../shared/run/stored-manifest.ts';
import { placeOf } from '../../shared/storage/local-path.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';

/** The images of a run by its manifest, as something whose labels can be looked for. */
export function storedSource(
  store: ObjectStore,
  spec: RunSpec,
): Pick<LabelPlanRequest, 'source' | 'dataset'> {
  const { rootUri, source, name, images } = spec.dataset;
  const samples = () => readAllSamples(store, spec);
  return {
    source: {
      ...{ kind: 'folder', source, rootUri, rootPath: placeOf(rootUri), datasetName: name },
      description: `run ${spec.runId}`,
      // Images are not listed again, so label files beside them may be there.
      hasSeen: () => true,
    },
    dataset: { images, samples },
  };
}
