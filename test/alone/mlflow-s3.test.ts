import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { fetchMlflowModel } from '../../src/producer/model/mlflow/mlflow-model.ts';
import { AllowedPlaces } from '../../src/shared/storage/allowed-places.ts';
import { repositoryRoot } from '../support/cache-folder.ts';
import { startMlflowAnswers } from '../support/mlflow-answers.ts';
import { makeBucket } from '../support/s3-bucket.ts';
import { useTestCredentials } from '../support/s3-credentials.ts';
import { startS3Server } from '../support/s3-server.ts';
import { splitModel } from '../support/split-model.ts';
import { warmCache } from '../support/warm-cache.ts';

const whole = readFileSync(join(repositoryRoot, 'test/fixtures/models/tiny-det.onnx'));
const split = splitModel(whole, '0f6b.data');

useTestCredentials();
const storage = await startS3Server();
const bucket = await makeBucket(storage.endpoint);
const root = `s3://${bucket.name}/mlflow`;
const files: Readonly<Record<string, string | Uint8Array>> = {
  'models/m-1/artifacts/MLmodel': 'flavors:\n  onnx:\n    data: model.onnx\n',
  'models/m-1/artifacts/model.onnx': split.model,
  'models/m-1/artifacts/0f6b.data': split.weights,
  'runs/6ea2/train/weights/best.onnx': whole,
};
for (const [key, content] of Object.entries(files))
  await bucket.store({ prefix: 'mlflow' }).put(key, Buffer.from(content));
const registry = await startMlflowAnswers({
  versions: [`${root}/models/m-1/artifacts`, `${root}/runs/6ea2/train`, `${root}/nothing`],
  aliases: { champion: '1' },
  authorization: `Basic ${Buffer.from('reader:pass word').toString('base64')}`,
});
after(async () => {
  await registry.close();
  await storage.close();
});
Object.assign(process.env, {
  MLFLOW_TRACKING_URI: registry.address,
  MLFLOW_TRACKING_USERNAME: 'reader',
  MLFLOW_TRACKING_PASSWORD: 'pass word',
  MLFLOW_TRACKING_TOKEN: 'of somebody else',
  ...warmCache(),
});

describe('a model that MLflow keeps in S3, behind a password', () => {
  it('is read by our own client, whole, where the settings of the run have S3', async () => {
    for (const uri of ['mlflow://detector@champion', 'mlflow://detector/2']) {
      const { onnxPath } = await fetchMlflowModel(uri, { s3Endpoint: storage.endpoint }, {});
      assert.ok(readFileSync(onnxPath).equals(whole), uri);
    }
    assert.ok(registry.requests.every(({ authorization }) => authorization?.startsWith('Basic ')));
  });

  it("is read where MLflow's own variable has S3, though our results are elsewhere", async () => {
    process.env.MLFLOW_S3_ENDPOINT_URL = storage.endpoint;
    try {
      const { onnxPath } = await fetchMlflowModel(
        'mlflow://detector/1',
        { s3Endpoint: 'http://127.0.0.1:9' },
        {},
      );
      assert.ok(readFileSync(onnxPath).equals(whole));
    } finally {
      delete process.env.MLFLOW_S3_ENDPOINT_URL;
    }
  });

  it('is refused where it is not there, and where this process may not read it', async () => {
    const settings = { s3Endpoint: storage.endpoint };
    await assert.rejects(fetchMlflowModel('mlflow://detector/3', settings, {}), {
      code: 'model',
      message: /mlflow:\/\/detector\/3 has no ONNX file in s3:\/\/.*\/nothing: its files are none/,
    });
    const ins = new AllowedPlaces(['mlflow://detector', 's3://photos']);
    await assert.rejects(fetchMlflowModel('mlflow://detector/1', settings, { ins }), {
      code: 'model',
      message: /--allow-in/,
    });
  });

  it('shows the password in no message', async () => {
    process.env.MLFLOW_TRACKING_PASSWORD = 'wrong secret';
    try {
      await assert.rejects(fetchMlflowModel('mlflow://detector/1', {}, {}), (error: Error) => {
        assert.match(error.message, /refuses these credentials \(401\)/);
        assert.doesNotMatch(error.message, /secret|reader:/);
        return true;
      });
    } finally {
      process.env.MLFLOW_TRACKING_PASSWORD = 'pass word';
    }
  });
});
