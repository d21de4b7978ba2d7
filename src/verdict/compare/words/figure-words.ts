/** What figures are called, by the part of their name before the class. */
const names: Readonly<Record<string, string>> = {
  map50: 'mAP50',
  map50_95: 'mAP50-95',
  mask_map50: 'mask mAP50',
  mask_map50_95: 'mask mAP50-95',
  pose_map50: 'keypoint mAP50',
  pose_map50_95: 'keypoint mAP50-95',
  ap50: 'AP50',
  ap50_95: 'AP50-95',
  f1: 'F1',
  top1: 'top-1 accuracy',
  top5: 'top-5 accuracy',
  false_positives: 'false positives',
  background_lit: 'background images with a detection',
  attainable: 'share of the attainable class evidence',
  lift: 'lift of the class evidence',
  other_images_lift: "lift of other images' class evidence",
  pointed: 'pointing game',
  relevance_rank: 'relevance rank',
  looked_at_misses: 'misses that the model looked at',
};

/** Figures of a class that read better behind its name: "Platelets recall". */
const behind = /^(recall|precision|f1|m?ap50|m?ap50_95)$/;

/** Figures that classes have too. */
const ofAll = /^(recall|precision|f1|found|false_positives|misses)$/;

/** `recall.Platelets@small` -> "Platelets recall, small"; `false_positives.RBC` -> "false positives of RBC". */
export function figureWords(name: string): string {
  const [, base = name, ofClass, size] = /^([^.@]+)(?:\.([^@]*))?(?:@(\w+))?$/.exec(name) ?? [];
  const words = names[base] ?? base.replaceAll('_', ' ');
  const rest = size === undefined ? '' : `, ${size}`;
  if (ofClass === undefined) return `${ofAll.test(base) ? 'overall ' : ''}${words}${rest}`;
  // The mean is over classes; of one class there is none.
  const own = words.replace(/mAP/, 'AP');
  return behind.test(base) ? `${ofClass} ${own}${rest}` : `${own} of ${ofClass}${rest}`;
}

/** Whether a greater value is better; `undefined` where that is not for us to say. */
export function isBetterHigh(name: string): boolean | undefined {
  const base = name.split(/[.@]/)[0] ?? name;
  if (/^(?:\w+_)?m?ap(?:50|_above|$)|^(recall|precision|f1|top1|top5)$/.test(base)) return true;
  return /^(false_positives|misses|background_lit)$/.test(base) ? false : undefined;
}
