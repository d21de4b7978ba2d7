import { rememberedByName } from '../../shared/host/remembered.ts';

/** Remembered: to join sixty names for every image takes longer than to measure it. */
const columnsOf = rememberedByName((of) => rememberedByName((measure) => `${measure}.${of}`));

/** The column of a measure of a map or of a layer, `<measure>.<of>`. */
export function measureColumn(measure: string, of: string): string {
  return columnsOf(of)(measure);
}
