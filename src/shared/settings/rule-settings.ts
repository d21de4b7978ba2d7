import { setting } from './setting.ts';
import { conditions, text } from './setting-values.ts';

/** What a run is held against when it is done: part of `runSettings`. Nothing here changes results. */
export const ruleSettings = {
  rules: setting('Rules', text, {
    argument: '<file>',
    help: 'rules that must hold when the run is done, as YAML; also s3://...',
  }),
  failIf: setting('Rules', conditions, {
    argument: '<condition>',
    repeatable: true,
    help: 'what must not be, such as "recall.Platelets<0.7" or "failed>5%"; may be repeated',
  }),
  against: setting('Rules', text, {
    argument: '<run>',
    help: 'the finished run that rules measure changes and drift from',
  }),
};
