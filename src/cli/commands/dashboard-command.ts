import type { Command } from 'commander';
import { startDashboard } from '../../fleet/dashboard/dashboard.ts';
import { type AuditList, DashboardAudits } from '../../fleet/dashboard/dashboard-audits.ts';
import type { RunList } from '../../fleet/dashboard/dashboard-page.ts';
import { DashboardRuns } from '../../fleet/dashboard/dashboard-runs.ts';
import { openServiceFleet } from '../../fleet/serve-fleet.ts';
import { untilStopped, usualGraceMs } from '../../fleet/until-stopped.ts';
import { exitCodes } from '../../shared/errors.ts';
import { readLogLevel } from '../../shared/host/environment.ts';
import { type HttpServer, localHost } from '../../shared/host/http-server.ts';
import { endProcess } from '../../shared/host/process-end.ts';
import { defaultOut } from '../../shared/settings/run-settings.ts';
import { openStore } from '../../shared/storage/open-store.ts';
import { createLogger } from '../../shared/telemetry/logger.ts';
import { addRedisOptions, redisTargetOf } from '../options/fleet-options.ts';
import { addHomeOption, homeOf } from '../options/home-option.ts';
import { addAllowHost } from '../options/http-options.ts';
import { anyText, isSaid, optional, parseOptions, port, texts } from '../options/option-values.ts';
import { addStoreOptions, storeOptionsOf } from '../options/store-options.ts';
import { openTerminal } from '../terminal/terminal.ts';

const dashboardOptions = {
  out: texts,
  port,
  host: anyText,
  manage: isSaid,
  allowHost: optional(texts),
};

export function addDashboardCommand(program: Command): void {
  const command = program
    .command('dashboard')
    .description('runs, their reports and the queues, in a browser')
    .option('-o, --out <folder...>', 'where the results are: folders or s3://bucket/prefix', [
      defaultOut,
    ])
    .option('--port <port>', '0 picks a free one', '3000')
    .option('--host <host>', 'address that it binds to; it has no authentication', localHost)
    .option('--manage', 'allow retrying and removing jobs and pausing queues', false)
    .addHelpText(
      'after',
      `
Examples:
  eigenfleet dashboard --out s3://results
  eigenfleet dashboard --out s3://results --port 8080 --redis rediss://queue.internal:6379 --manage`,
    )
    .action(runDashboard);
  addHomeOption(command, 'also show the audits that are kept here');
  addAllowHost(command);
  addStoreOptions(command);
  addRedisOptions(command);
}

async function runDashboard(raw: Record<string, unknown>): Promise<void> {
  const options = parseOptions(dashboardOptions, raw);
  const { out, host, manage, allowHost: allowedHosts = [] } = options;
  const logger = createLogger({ level: readLogLevel(), component: 'dashboard' });
  const stores = out.map((uri) => openStore(uri, storeOptionsOf(raw)));
  const fleet = openServiceFleet(redisTargetOf(raw), logger);
  const { connection, queues, progress, redis: watch } = fleet;
  const runs = new DashboardRuns({ stores, progress, queues, redisFault: () => watch.awaited });
  const home = homeOf(raw, storeOptionsOf(raw));
  const audits = home && new DashboardAudits(home);
  let server: HttpServer | undefined;
  try {
    server = await startDashboard({
      queues: [queues.shards, queues.summaries],
      listRuns: async () => withAudits(await runs.list(), await audits?.list()),
      ...(audits && { readTrend: (name) => audits.readTrend(name) }),
      readReport: (runId, place) => runs.readReport(runId, place),
      redisFault: () => watch.awaited,
      ...{ logger, host, allowedHosts, port: options.port, readOnly: !manage },
    });
    openTerminal().print(server.url);
    const leave = (): void => endProcess(exitCodes.interrupted);
    const stop = async (): Promise<void> => server?.close();
    watch.start();
    const stopped = untilStopped({ stop, abort: leave, leave, graceMs: usualGraceMs });
    await Promise.race([stopped, watch.refused]);
  } finally {
    watch.stop();
    await server?.close();
    await queues.close();
    connection.disconnect();
  }
}

function withAudits(list: RunList, audits: AuditList | undefined): RunList {
  if (audits === undefined) return list;
  return { ...list, audits: audits.audits, problems: [...list.problems, ...audits.problems] };
}
