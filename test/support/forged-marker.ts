import { decodeMarker, encodeMarker } from '../../src/shared/results/marker/marker-codec.ts';

/** The marker with the numbers of a measure that there is not, and a digest that is right: only a merge finds that. */
export function forgedMarker(bytes: Uint8Array): Uint8Array {
  const decoded = decodeMarker(bytes);
  if (decoded.status !== 'read') throw new Error(`the marker is ${decoded.status}`);
  const { statistics } = decoded.marker;
  const { names } = statistics;
  const measures = names.measures.map((name, i) => (i === 0 ? 'no_measure' : name));
  return encodeMarker({
    ...decoded.marker,
    statistics: { ...statistics, names: { ...names, measures } },
  });
}
