import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { readAuditFiles } from '../../src/audit/file/read-audit-files.ts';
import { listAudits } from '../../src/audit/home/stored-audits.ts';
import { syncAudits } from '../../src/audit/home/sync-audits.ts';
import { openStore } from '../../src/shared/storage/open-store.ts';
import { makeBucket } from '../support/s3-bucket.ts';
import { useTestCredentials } from '../support/s3-credentials.ts';
import { startS3Server } from '../support/s3-server.ts';

useTestCredentials();
const server = await startS3Server();
after(() => server.close());
const storage = { s3Endpoint: server.endpoint };
const now = new Date('2026-11-30T12:00:00Z');

describe('audit files in S3', () => {
  it('are synced into a home in S3, with the rules beside them and above them', async () => {
    const bucket = await makeBucket(server.endpoint);
    const root = `s3://${bucket.name}`;
    const least = `images: ${root}/images\nmodel: ${root}/best.onnx\nout: ${root}/results\ncron: 0 2 * * *\n`;
    const files = {
      'config/audits/a.yaml': `${least}rules: rules.yaml\n`,
      'config/audits/b.yaml': `${least}rules: ../shared.yaml\n`,
      'config/audits/c.yaml': least.replace(`${root}/images`, 'images'),
      'config/audits/rules.yaml': 'rules: [recall >= 0.7]\n',
      'config/audits/old/d.yaml': least,
      'config/shared.yaml': 'rules: [failed <= 5%]\n',
    };
    for (const [key, text] of Object.entries(files))
      await bucket.store().put(key, Buffer.from(text));
    const home = openStore(`${root}/home`, storage);
    const read = await readAuditFiles(`${root}/config/audits/`, { storage, now });
    const steps = await syncAudits(home, read, { now, only: false });
    assert.deepEqual(
      steps.map(({ action, name }) => `${action} ${name}`),
      ['added a', 'added b', 'refused c'],
    );
    const { audits } = await listAudits(home);
    assert.deepEqual(
      audits.map(({ audit }) => audit.rules),
      [
        { text: files['config/audits/rules.yaml'], file: `${root}/config/audits/rules.yaml` },
        { text: files['config/shared.yaml'], file: `${root}/config/shared.yaml` },
      ],
    );
  });
});
