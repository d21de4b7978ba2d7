import type { Command } from 'commander';
import { z } from 'zod';
import { readLogLevel } from '../shared/config.ts';
import { EigenfleetError } from '../shared/errors.ts';
import { createLogger } from '../shared/logger.ts';
import { openStore } from '../shared/open-store.ts';
import { startDashboard } from './dashboard.ts';
import { DashboardRuns } from './dashboard-runs.ts';
import { withFleet } from './fleet-connection.ts';
import { addRedisOptions, redisTargetOf } from './fleet-options.ts';
import { addStoreOptions, storeOptionsOf } from './store-options.ts';
import { openTerminal } from './terminal.ts';
import { untilStopped } from './until-stopped.ts';

const optionsSchema = z.object({
  out: z.string(),
  port: z.coerce.number().int().min(0).max(65_535),
  httpHost: z.string(),
  manage: z.boolean(),
});

export function addDashboardCommand(program: Command): void {
  const command = program
    .command('dashboard')
    .description('runs, their reports and the queues, in a browser')
    .option(
      '-o, --out <folder>',
      'where the results are: a folder or s3://bucket/prefix',
      'eigenfleet-results',
    )
    .option('--port <port>', '0 takes a free one', '9470')
    .option('--http-host <host>', 'address that it binds to; it asks for no password', '127.0.0.1')
    .option('--manage', 'let jobs be retried and removed, and queues paused', false)
    .addHelpText(
      'after',
      `
Examples:
  eigenfleet dashboard --out s3://results
  eigenfleet dashboard --out s3://results --redis rediss://queue.internal:6379 --manage`,
    )
    .action(runDashboard);
  addStoreOptions(command);
  addRedisOptions(command);
}

async function runDashboard(raw: Record<string, unknown>): Promise<void> {
  const parsed = optionsSchema.safeParse(raw);
  if (!parsed.success) {
    throw new EigenfleetError('usage', '--port takes a port from 0 to 65535.');
  }
  const { out, port, httpHost, manage } = parsed.data;
  const logger = createLogger({ level: readLogLevel(), component: 'dashboard' });
  const store = openStore(out, storeOptionsOf(raw));
  await withFleet(redisTargetOf(raw), async ({ queues, progress }) => {
    const runs = new DashboardRuns({ store, progress });
    const server = await startDashboard({
      queues: [queues.shards, queues.summaries],
      listRuns: () => runs.list(),
      readReport: (runId) => runs.readReport(runId),
      ...{ logger, host: httpHost, port, readOnly: !manage },
    });
    openTerminal().print(server.url);
    await untilStopped({ stop: () => server.close(), abort: () => process.exit(130) });
  });
}
