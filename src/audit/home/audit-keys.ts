/** Every key of the home, the place in storage where audits and their nights are kept, is built here. */
export const auditKeys = {
  audit: (name: string): string => `${name}/audit.json`,
  /** There while the audit is paused. */
  paused: (name: string): string => `${name}/paused.json`,
  nights: (name: string): string => `${name}/nights/`,
  /** Of a planned night its local date, `2026-11-30`; of one that a person started its time in UTC, `2026-11-30T141502Z`. */
  night: (name: string, key: string): string => `${name}/nights/${key}.json`,
  trend: (name: string): string => `${name}/trend.html`,
};
