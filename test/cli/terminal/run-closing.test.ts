import assert from 'node:assert/strict';
import { it } from 'node:test';
import { runClosing } from '../../../src/cli/terminal/run-closing.ts';
import { openTerminal } from '../../../src/cli/terminal/terminal.ts';
import { summarize } from '../../../src/report/summary/summary.ts';
import { madeRows, madeSpec, madeStatistics } from '../../support/made-run.ts';

it('the closing words name shards that failed, with the reason, and the command that tries them again', () => {
  const spec = madeSpec({ images: 24 });
  const summary = summarize({
    spec,
    statistics: madeStatistics(madeRows({ images: 24 })),
    timings: { stagesMs: {}, wallMs: 2000 },
    devices: { cpu: 24 },
    failedShards: new Map([4, 2, 1, 3].map((shard) => [shard, `reason\u001b of ${shard}`])),
  });
  const terminal = openTerminal({ json: true });
  const words = runClosing({ summary, out: 'file:///a', report: 'r', json: false, terminal });
  const lines = [
    ...[1, 2, 3].map((shard) => `  shard ${shard}: reason\u{fffd} of ${shard}`),
    '  and 1 more in summary.json',
    `  retry them: eigenfleet resume ${spec.runId} --out /a --retry-failed`,
  ];
  assert.ok(words.includes(`\n${lines.join('\n')}\n`), words);
});
