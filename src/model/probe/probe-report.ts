import { z } from 'zod';

/** `unchecked`: nothing to compare with, or numbers that tell nothing. */
const outcomeSchema = z.enum(['agrees', 'unchecked']);

const layerProbeSchema = z.object({
  layer: z.string(),
  /** The layer as eigenfleet reads it is what the graph computes with. */
  reading: outcomeSchema,
  /** Its components are those of an exact decomposition. */
  maps: outcomeSchema,
});

/** What a probe image has shown of a model; disagreement is an error instead. */
export const probeReportSchema = z.object({
  /** The head answers with Eigen-CAM in the graph as without. */
  answer: outcomeSchema,
  layers: z.array(layerProbeSchema),
});

export type ProbeReport = z.infer<typeof probeReportSchema>;
export type LayerProbe = z.infer<typeof layerProbeSchema>;
export type ProbeOutcome = z.infer<typeof outcomeSchema>;

/** One sentence for people, without a period at the end. */
export function probeText({ answer, layers }: ProbeReport): string {
  const open = (of: 'reading' | 'maps') =>
    layers.filter((layer) => layer[of] === 'unchecked').map(({ layer }) => layer);
  const parts = [
    ...(answer === 'unchecked' ? ['the answer'] : []),
    ...open('reading').map((layer) => `how ${layer} is read`),
    ...open('maps').map((layer) => `the maps of ${layer}`),
  ];
  const all = 'answer, layers and maps agree with the model by itself';
  return parts.length === 0 ? all : `what was checked agrees; unchecked: ${parts.join(', ')}`;
}

/** Instead of `probeText`. */
export const notProbed =
  'not yet on this machine: before its first image, a run tries the model on a made one';
