import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo, LookupFunction } from 'node:net';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { z } from 'zod';
import { announceNight } from '../../../src/audit/announce/announce-night.ts';
import { auditVerdictSchema } from '../../../src/audit/announce/audit-verdict.ts';
import type { Audit, Webhook } from '../../../src/audit/file/audit.ts';
import type { Night } from '../../../src/audit/night/night.ts';
import { redactCredentials } from '../../../src/shared/redaction/redact-credentials.ts';
import { repositoryText } from '../../support/repository-files.ts';
import { tempDir } from '../../support/temp-dir.ts';

const night: Night = {
  ...{ schema: 'night@1', audit: 'cells', key: '2026-11-30', date: '2026-11-30' },
  ...{ dueAt: '2026-11-30T01:30:00.000Z', trigger: 'schedule', status: 'closed' },
  ...{ closedAt: '2026-11-30T01:42:00.000Z', runId: 'cells-0123456789ab', out: 's3://results' },
  model: {
    uri: 'mlflow://detector/7',
    sha256: 'b'.repeat(64),
    changedFrom: 'a'.repeat(64),
    name: 'detector v7',
  },
  images: { total: 120, explained: 20, carried: 100, removed: 0, relabeled: 1 },
  verdict: {
    ...{ outcome: 'fail', sentence: 'recall is 0.61 & below 0.7.' },
    ...{ failed: ['recall >= 0.7'], unknown: ['drift: <none>'] },
  },
  figures: { recall: 0.61, map50: null },
  report: 's3://results/cells-0123456789ab/report.html',
};

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A receiver that answers one code after the other, the last one from then on, and an audit whose webhook it is. */
async function receiver(
  codes: readonly number[],
  {
    headers = {},
    format = 'json',
  }: { headers?: Record<string, string>; format?: Webhook['format'] } = {},
) {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    received.push({ headers: request.headers, body: Buffer.concat(parts).toString() });
    response.writeHead(codes[Math.min(received.length, codes.length) - 1] ?? 200, headers).end();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  after(() => server.close());
  const { port } = server.address() as AddressInfo;
  const audit = auditOf(`http://127.0.0.1:${port}/services/T00/B00/s3cr3tpath`, format);
  return { audit, received, server };
}

function auditOf(url: string, format: Webhook['format'] = 'json'): Audit {
  const folder = tempDir();
  writeFileSync(join(folder, 'url'), `${url}\n`);
  writeFileSync(join(folder, 'key'), 'k3y\n');
  const webhook = {
    url: { file: join(folder, 'url') },
    key: { file: join(folder, 'key') },
    format,
  };
  return { name: 'cells', webhook } as unknown as Audit;
}

/** A clock that only waiting moves, from 2026-11-30 01:42:00 UTC. */
function world(
  choices: { readonly allowInternal?: boolean; readonly lookup?: LookupFunction } = {},
) {
  let ms = Date.UTC(2026, 10, 30, 1, 42);
  const waits: number[] = [];
  const warnings: string[] = [];
  const delay = async (wait: number) => {
    waits.push(wait);
    ms += wait;
  };
  const ports = {
    ...{ clock: { now: () => new Date(ms) }, delay, allowInternal: true },
    ...{ warn: (sentence: string) => warnings.push(sentence), ...choices },
  };
  return { ports, waits, warnings };
}

describe('a settled night', () => {
  it('is told to the webhook in the documented form, signed with time and key', async () => {
    const { audit, received } = await receiver([204]);
    const { ports, warnings } = world();
    assert.deepEqual(await announceNight(audit, night, ports), {
      ...{ status: 'sent', attempts: 1, at: '2026-11-30T01:42:00.000Z' },
    });
    const [{ headers, body } = assert.fail()] = received;
    const verdict = auditVerdictSchema.parse(JSON.parse(body));
    assert.equal(verdict.outcome, 'fail');
    assert.equal(verdict.run?.report, night.report);
    const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(
      JSON.parse(repositoryText('docs/schemas/audit-verdict.schema.json')),
    );
    assert.ok(validate(JSON.parse(body)), JSON.stringify(validate.errors));
    assert.equal(headers['x-eigenfleet-timestamp'], String(Date.UTC(2026, 10, 30, 1, 42) / 1000));
    const signed = `${headers['x-eigenfleet-timestamp']}.${body}`;
    const expected = createHmac('sha256', 'k3y').update(signed).digest('hex');
    assert.equal(headers['x-eigenfleet-signature'], `sha256=${expected}`);
    assert.equal(headers['x-eigenfleet-id'], verdict.id);
    assert.deepEqual(warnings, []);
  });

  it('is told again while the failure may pass, with the same id and body', async () => {
    const { audit, received } = await receiver([503, 500, 200]);
    const { ports, waits } = world();
    const { status, attempts } = await announceNight(audit, night, ports);
    assert.deepEqual([status, attempts, waits], ['sent', 3, [1000, 2000]]);
    assert.equal(new Set(received.map(({ body }) => body)).size, 1);
    assert.equal(new Set(received.map(({ headers }) => headers['x-eigenfleet-id'])).size, 1);
    const times = received.map(({ headers }) => Number(headers['x-eigenfleet-timestamp']));
    assert.deepEqual(
      times.map((time) => time - (times[0] ?? 0)),
      [0, 1, 3],
    );
  });

  it('waits as long as a busy server says, and for no more than two minutes in all', async () => {
    const busy = await receiver([429, 200], { headers: { 'retry-after': '7' } });
    const first = world();
    await announceNight(busy.audit, night, first.ports);
    assert.deepEqual(first.waits, [7000]);
    const always = await receiver([429], { headers: { 'retry-after': '86400' } });
    const second = world();
    const told = await announceNight(always.audit, night, second.ports);
    assert.deepEqual([told.status, told.attempts, second.waits], ['failed', 3, [60000, 60000]]);
    assert.match(
      second.warnings[0] ?? '',
      /^The webhook of cells was not told of 2026-11-30: it answers with 429\.$/,
    );
  });

  it('is not told again where the answer is final, and no redirect is followed', async () => {
    const elsewhere = await receiver([200]);
    for (const [code, words] of [
      [400, /it answers with 400\./],
      [410, /it answers with 410\./],
      [307, /answers with a redirect \(307\), which is not followed/],
    ] as const) {
      const headers = { location: 'http://127.0.0.1:1/' };
      const { audit, received } = await receiver([code], { headers });
      const { ports, warnings } = world();
      assert.equal((await announceNight(audit, night, ports)).status, 'failed');
      assert.equal(received.length, 1);
      assert.match(warnings[0] ?? '', words);
    }
    assert.equal(elsewhere.received.length, 0);
  });

  it('that nobody takes is given up after six attempts', async () => {
    const { audit, server } = await receiver([200]);
    server.close();
    const { ports, waits, warnings } = world();
    const told = await announceNight(audit, night, ports);
    assert.deepEqual([told.status, told.attempts], ['failed', 6]);
    assert.deepEqual(waits, [1000, 2000, 4000, 8000, 16000]);
    assert.match(warnings[0] ?? '', /it cannot be reached \(ECONNREFUSED\)\.$/);
  });

  it('is told in the words of Slack where the audit says so', async () => {
    const { audit, received } = await receiver([200], { format: 'slack' });
    await announceNight(audit, night, world().ports);
    assert.deepEqual(JSON.parse(received[0]?.body ?? ''), {
      text: [
        '*cells* 2026-11-30 FAILED: recall is 0.61 &amp; below 0.7.',
        '• failed: `recall &gt;= 0.7`',
        '• not decided: `drift: &lt;none&gt;`',
        'Model: detector v7, another than the last time',
        'Images: 120, of which 20 were computed',
        'Report: s3://results/cells-0123456789ab/report.html',
      ].join('\n'),
    });
  });

  it('that could not be done is told with the reason', async () => {
    const { audit, received } = await receiver([200]);
    const error = { code: 'model', sentence: 'There is no model at /models/best.onnx.' };
    const { verdict: _, ...rest } = night;
    await announceNight(audit, { ...rest, status: 'failed', error }, world().ports);
    const { outcome, sentence } = JSON.parse(received[0]?.body ?? '');
    assert.deepEqual([outcome, sentence], ['error', error.sentence]);
  });

  it('is told to nobody where the audit has no webhook', async () => {
    const told = await announceNight({ name: 'cells' } as Audit, night, world().ports);
    assert.deepEqual(told, { status: 'none', attempts: 0, at: '2026-11-30T01:42:00.000Z' });
  });
});

describe('the address of a webhook', () => {
  it('is hidden from all that is printed once it was read', async () => {
    const { audit } = await receiver([400]);
    await announceNight(audit, night, world().ports);
    const line = 'POST /services/T00/B00/s3cr3tpath failed';
    assert.equal(redactCredentials(line), 'POST *** failed');
  });

  it('is said to be missing by the place that an audit names', async () => {
    const absent = { url: { env: 'EIGENFLEET_NO_SUCH_VARIABLE' }, format: 'json' };
    for (const [webhook, words] of [
      [
        absent,
        /the environment variable EIGENFLEET_NO_SUCH_VARIABLE is not set where the audit runs/,
      ],
      [auditOf('ftp://host/x').webhook, /does not begin with https:\/\//],
      [auditOf('').webhook, /url is empty/],
    ] as const) {
      const { ports, warnings } = world();
      const told = await announceNight({ name: 'cells', webhook } as Audit, night, ports);
      assert.deepEqual([told.status, told.attempts], ['failed', 0]);
      assert.match(warnings[0] ?? '', words);
    }
  });

  it('may not lead into the own network, however it is written or resolved', async () => {
    const lookup: LookupFunction = (_, __, callback) =>
      callback(null, [
        { address: '93.184.216.34', family: 4 },
        { address: '10.0.0.7', family: 4 },
      ]);
    for (const url of [
      ...['https://127.0.0.1/x', 'https://0x7f000001/x', 'https://2130706433/x', 'https://[::1]/x'],
      ...['https://[::ffff:169.254.169.254]/x', 'https://[fd00::1]/x', 'https://rebind.example/x'],
    ]) {
      const { ports, waits, warnings } = world({ allowInternal: false, lookup });
      const told = await announceNight(auditOf(url), night, ports);
      assert.deepEqual([told.status, told.attempts, waits.length], ['failed', 1, 0], url);
      assert.match(
        warnings[0] ?? '',
        /not of the public Internet\. --allow-internal-webhooks/,
        url,
      );
    }
    const { ports, warnings } = world({ allowInternal: false });
    await announceNight(auditOf('http://example.org/x'), night, ports);
    assert.match(warnings[0] ?? '', /begins with http:\/\//);
  });
});

it('the JSON Schema in the documentation is that of what is sent', () => {
  const stored = JSON.parse(repositoryText('docs/schemas/audit-verdict.schema.json'));
  assert.deepEqual(stored, JSON.parse(JSON.stringify(z.toJSONSchema(auditVerdictSchema))));
});
