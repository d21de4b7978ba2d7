import { appendFile } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import { keyByHand, type Night } from '../../audit/night/night.ts';
import { readNight, writeNight } from '../../audit/night/stored-nights.ts';
import { machineClock } from '../../shared/host/clock.ts';
import { githubStepSummary } from '../../shared/host/environment.ts';
import { objectKeys } from '../../shared/run/object-keys.ts';
import { placeOf } from '../../shared/storage/local-path.ts';
import { openStore } from '../../shared/storage/open-store.ts';
import { mostStoredBytes, readStoredBytes } from '../../shared/storage/stored-json.ts';
import { redisTargetOf } from '../options/fleet-options.ts';
import { addWebhookOption } from '../options/home-option.ts';
import { interruptible } from '../terminal/interrupt.ts';
import { type AuditCall, addAuditOptions, auditCallOf, neededAudit } from './audit-call.ts';
import { nightClosing, nightCode } from './night-closing.ts';
import { runHere } from './run-here.ts';
import { runOnFleet } from './run-on-fleet.ts';

/** run begins a night of an audit now, whatever its schedule says. */
export function addAuditRun(audit: Command): void {
  const command = audit
    .command('run')
    .description('begin a night of an audit now, beside its schedule: here, or on a fleet')
    .argument('<name>', 'the name of the audit')
    .addOption(
      new Option(
        '--redis <url>',
        'have the fleet of this Redis explain it (default: explained here)',
      )
        .env('REDIS_URL')
        .helpGroup('Fleet:'),
    )
    .addOption(
      new Option('--redis-cluster', 'the URL names a node of a Redis Cluster')
        .default(false)
        .helpGroup('Fleet:'),
    )
    .addOption(
      new Option('--wait', 'of a fleet: follow the night to its verdict')
        .default(false)
        .helpGroup('Fleet:'),
    )
    .addHelpText(
      'after',
      `
Examples:
  eigenfleet audit run nightly --audits s3://data/audits
  eigenfleet audit run nightly --audits s3://data/audits --redis redis://redis:6379 --wait

Exit codes: 0 all rules hold, 1 one failed, 10 one could not be told, 9 a part of the run is missing, 4 no image could be explained, else that of the error.
A job of Kubernetes or of a CI that calls this by its own clock needs no coordinator with --audits.`,
    )
    .action(async (name: string, options: Record<string, unknown>) => {
      process.exitCode = await runAudit(name, options);
    });
  addWebhookOption(addAuditOptions(command));
}

async function runAudit(name: string, options: Record<string, unknown>): Promise<number> {
  const call = auditCallOf(options);
  const { audit } = await neededAudit(call.home, name);
  const target = options.redis === undefined ? undefined : redisTargetOf(options);
  return interruptible(call.terminal, async (signal) => {
    const night = await recordByHand(name, call);
    const allowInternal = options.allowInternalWebhooks === true;
    const request = { audit, night, call, signal, allowInternal };
    if (target === undefined) return closed(await runHere(request), call);
    if (options.wait === true) return closed(await runOnFleet(request, target), call);
    const words = `${name} ${night.key} begins with the next beat of a coordinator that keeps ${placeOf(call.home.uri)}.`;
    call.terminal.print(call.json ? JSON.stringify(night) : words);
    return 0;
  });
}

async function recordByHand(audit: string, { home }: AuditCall): Promise<Night> {
  let now = machineClock.now();
  // Of two in one second, the other one's record must stay.
  while ((await readNight(home, audit, keyByHand(now))) !== undefined)
    now = new Date(now.getTime() + 1_000);
  const dueAt = now.toISOString();
  const night: Night = {
    ...{ schema: 'night@1', audit, key: keyByHand(now), dueAt, trigger: 'hand', status: 'due' },
  };
  await writeNight(home, night);
  return night;
}

async function closed(night: Night, call: AuditCall): Promise<number> {
  const { terminal, json, storage } = call;
  const { out, runId } = night;
  // On a CI that shows Markdown beside the job, the summary with its verdict goes there too.
  const file = githubStepSummary();
  if (file && night.status === 'closed' && out !== undefined && runId !== undefined) {
    const key = objectKeys.summaryMarkdown(runId);
    const most = mostStoredBytes.summary;
    const stored = await readStoredBytes(openStore(out, storage), key, most);
    if (stored.status === 'read') await appendFile(file, stored.bytes);
  }
  terminal.print(json ? JSON.stringify(night) : nightClosing(night, terminal));
  return nightCode(night);
}
