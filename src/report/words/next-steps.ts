import type { FlagName } from '../../shared/catalog/flag-catalog.ts';

/** What to do about the images of a flag. */
export const nextOfFlag: Readonly<Record<FlagName, string>> = {
  degenerate: 'Read their reasons, and try other layers with --layers.',
  diffuse: 'Compare the layers in the gallery, and try others with --layers.',
  'off-object': 'See in the gallery whether the surroundings are a good reason.',
  'off-basis':
    'See in the gallery whether they are of another kind than the fitted images, or belong into the basis.',
  'border-focus': 'Look for frames, time stamps and watermarks in the gallery.',
  'uncertain-sign': 'Take cold places for hot ones too when you read these maps.',
  'not-converged': 'Read these maps as approximate.',
  'no-detection': 'Check that they show what the model was trained on, or lower --conf.',
  outlier: 'See in the gallery whether they are rare, damaged or misplaced.',
};

/** What to do after a finding: each is a sentence. */
export const nextSteps = {
  withoutLabels:
    'Whether that is right, only labels can tell: look through the gallery, or put labels beside the images.',
  selfAgreement:
    'That is agreement of the model with itself, not correctness: compare with class evidence, or put labels beside the images.',
  withLabels: 'Whether that is right, only labels can tell: look through the gallery.',
  comparedLabels:
    'That is agreement of the model with itself, not correctness: compare with class evidence.',
  badLabels:
    'The remarks name files, lines and reasons: correct them, and run eigenfleet evaluate.',
  labeledObjects: 'Compare them in the gallery, where labels are dashed.',
  labels: 'Look in the gallery where the heat leaves the labeled boxes.',
  offLabels: 'Look in the gallery at what the heat is on instead, and compare with class evidence.',
  wideBoxes: 'Do not judge by heat inside boxes here, but by class evidence.',
  nothingFound: 'Check that the images show what the model was trained on, or lower --conf.',
  unflagged: 'That no rule was met does not say that all is well: look through the gallery.',
  layers: 'Compare the layers in the gallery before you trust the fused map.',
  classes: 'See in the table of classes which are rare or uncertain.',
  maps: 'Look in the gallery at what is there.',
  unread: 'Give --task if this is a YOLO model; else judge the maps by eye.',
  missingShards: 'Retry them as said below.',
  setAside: 'Save what crashed again as PNG or JPEG, and plan a new run.',
  manifest: 'Plan a new run of these images.',
  unreadable: 'Delete the markers of those shards in done/, and run the same command again.',
  outlier: 'Look at it in the gallery, or with eigenfleet explain.',
} as const;
