import type { AuditVerdict } from './audit-verdict.ts';

/** Rules that are named; Slack cuts long texts. */
const mostRules = 10;

const words: Readonly<Record<AuditVerdict['outcome'], string>> = {
  pass: 'passed',
  fail: 'FAILED',
  unknown: 'could not be decided',
  none: 'is done',
  error: 'could NOT be done',
};

/** The message that Slack takes, and what is compatible with it: Mattermost, Rocket.Chat, Discord behind `/slack`. */
export function slackMessage(verdict: AuditVerdict): { readonly text: string } {
  const { audit, night, outcome, sentence, failed, unknown, run, model, images } = verdict;
  const changed = model?.changedFrom === undefined ? '' : ', another than the last time';
  const lines = [
    `*${escaped(audit)}* ${escaped(night)} ${words[outcome]}: ${escaped(sentence)}`,
    ...rulesOf('failed', failed),
    ...rulesOf('not decided', unknown),
    ...(model === undefined ? [] : [`Model: ${escaped(model.name)}${changed}`]),
    ...(images === undefined
      ? []
      : [`Images: ${images.total}, of which ${images.explained} were computed`]),
    ...(run?.report === undefined ? [] : [`Report: ${escaped(run.report)}`]),
  ];
  return { text: lines.join('\n') };
}

function rulesOf(word: string, rules: readonly string[]): string[] {
  const lines = rules.slice(0, mostRules).map((rule) => `• ${word}: \`${escaped(rule)}\``);
  return rules.length > mostRules ? [...lines, `• and ${rules.length - mostRules} more`] : lines;
}

/** Slack's three signs of markup; a backtick would end a rule. */
function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('`', "'")
    .replaceAll(/[\r\n]+/g, ' ');
}
