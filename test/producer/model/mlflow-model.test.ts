import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { after, describe, it } from 'node:test';
import {
  fetchMlflowModel,
  type MlflowContext,
} from '../../../src/producer/model/mlflow/mlflow-model.ts';
import { AllowedPlaces } from '../../../src/shared/storage/allowed-places.ts';
import { repositoryRoot } from '../../support/cache-folder.ts';
import { type MlflowContents, startMlflowAnswers } from '../../support/mlflow-answers.ts';
import { splitModel } from '../../support/split-model.ts';
import { tempDir } from '../../support/temp-dir.ts';

const whole = readFileSync(join(repositoryRoot, 'test/fixtures/models/tiny-det.onnx'));
const split = splitModel(whole, '0f6b.data');
const logged = '0/models/m-0571/artifacts';
const description = (flavors: string) =>
  `flavors:\n${flavors}\n  python_function:\n    data: model.onnx\nmlflow_version: 3.17.2\n`;
const onnxFlavor = description('  onnx:\n    data: model.onnx\n    onnx_version: 1.20.0');

/** As `mlflow.onnx.log_model` leaves a model: its weights are in a file with a random name. */
const loggedModel = {
  [`${logged}/MLmodel`]: onnxFlavor,
  [`${logged}/model.onnx`]: split.model,
  [`${logged}/0f6b.data`]: split.weights,
};

async function registry(contents: MlflowContents, environment: MlflowContext['environment'] = {}) {
  const server = await startMlflowAnswers(contents);
  after(() => server.close());
  const context = {
    environment: { trackingUri: server.address, ...environment },
    cacheFolder: tempDir(),
    patience: { attempts: 3, firstDelayMs: 1, answerMs: 10_000 },
  };
  const fetch = (uri: string, ins?: AllowedPlaces) => fetchMlflowModel(uri, {}, { ins }, context);
  return { server, fetch };
}

describe("a model of MLflow's registry", () => {
  it('is found by its alias, and is one file with the bytes that were logged', async () => {
    const { fetch } = await registry({
      versions: ['mlflow-artifacts:/elsewhere', `mlflow-artifacts:/${logged}`],
      aliases: { champion: '2' },
      artifacts: loggedModel,
    });
    const { onnxPath, uri, notes } = await fetch('mlflow://detector@champion');
    assert.equal(uri, 'mlflow://detector/2');
    assert.deepEqual(notes, ['mlflow://detector@champion is version 2 of detector.']);
    assert.equal(basename(onnxPath), 'detector-v2.onnx');
    assert.ok(readFileSync(onnxPath).equals(whole));
  });

  it('is found by its version, also by the address that MLflow itself uses', async () => {
    const versions = [`mlflow-artifacts:/${logged}`];
    const { fetch } = await registry({ versions, artifacts: loggedModel });
    assert.equal((await fetch('mlflow://detector/1')).uri, 'mlflow://detector/1');
    assert.equal((await fetch('models:/detector/1')).uri, 'mlflow://detector/1');
  });

  it('is the only ONNX file of what was registered from a run', async () => {
    const { fetch } = await registry({
      versions: ['runs:/6ea2/train', 'mlflow-artifacts:/0/6ea2/artifacts/train/weights/best.onnx'],
      runs: { '6ea2': 'mlflow-artifacts:/0/6ea2/artifacts' },
      artifacts: {
        '0/6ea2/artifacts/train/args.yaml': 'task: detect',
        '0/6ea2/artifacts/train/weights/best.onnx': whole,
      },
    });
    for (const uri of ['mlflow://detector/1', 'mlflow://detector/2']) {
      assert.ok(readFileSync((await fetch(uri)).onnxPath).equals(whole), uri);
    }
  });

  it('is named where a version has several ONNX files', async () => {
    const { fetch } = await registry({
      versions: ['mlflow-artifacts:/0/w'],
      artifacts: { '0/w/best.onnx': whole, '0/w/last.onnx': split.model },
    });
    await assert.rejects(fetch('mlflow://detector/1'), {
      code: 'model',
      message:
        /has several ONNX files \(best\.onnx, last\.onnx\)\. Name one of them: mlflow:\/\/detector\/1\/best\.onnx\.$/,
    });
    const { onnxPath, uri } = await fetch('mlflow://detector/1/best.onnx');
    assert.equal(uri, 'mlflow://detector/1/best.onnx');
    assert.ok(readFileSync(onnxPath).equals(whole));
  });

  it('lies in a folder of this machine where the server has no proxy, if that may be read', async () => {
    const folder = join(repositoryRoot, 'test/fixtures/models/tiny-det.onnx');
    const { fetch } = await registry({ versions: [`file://${folder}`] });
    assert.ok(readFileSync((await fetch('mlflow://detector/1')).onnxPath).equals(whole));
    const registryOnly = new AllowedPlaces(['mlflow://detector']);
    await assert.rejects(fetch('mlflow://detector/1', registryOnly), {
      code: 'model',
      message: /models is not below the places that this process may read: see its --allow-in/,
    });
  });

  it('is asked for only where the registry is an allowed place', async () => {
    const versions = [`mlflow-artifacts:/${logged}`];
    const { fetch, server } = await registry({ versions, artifacts: loggedModel });
    await fetch('mlflow://detector/1', new AllowedPlaces(['s3://photos', 'mlflow://detector']));
    const before = server.requests.length;
    for (const ins of [['s3://photos'], ['mlflow://other']]) {
      const refused = { code: 'model', message: /may read: see its --allow-in/ };
      await assert.rejects(fetch('mlflow://detector/1', new AllowedPlaces(ins)), refused);
    }
    assert.equal(server.requests.length, before);
  });

  it('says what is wrong with a name, an alias, a version or what was registered', async () => {
    const { fetch } = await registry({
      versions: [
        ...['mlflow-artifacts:/0/torch', 'gs://bucket/model', 'mlflow-artifacts://other:5000/0/m'],
        ...['file:///nowhere/mlruns/0', 'mlflow-artifacts:/0/bad', 'runs:/gone/model'],
      ],
      aliases: { champion: '1' },
      statuses: { '5': 'PENDING_REGISTRATION' },
      artifacts: { '0/torch/MLmodel': description('  pytorch:\n    model_data: data') },
    });
    const cases: readonly (readonly [string, RegExp])[] = [
      ['detecter@champion', /has no model "detecter"/],
      ['detector@champoin', /has no alias "champoin" of detector; did you mean champion\?$/],
      ['detector@x', /has no alias "x" of detector; it has champion \(version 1\)\.$/],
      ['detector/9', /has no version 9 of detector/],
      ['detector/1', /has no ONNX file in mlflow-artifacts:\/0\/torch: its flavors are pytorch\./],
      ['detector/1/x.onnx', /has no x\.onnx in/],
      ['detector/1/../x.onnx', /names "\.\.\/x\.onnx", which is not a file in its folder/],
      ['detector/2', /keeps the model in gs:\/\/bucket\/model, which eigenfleet does not read/],
      [
        'detector/3',
        /keeps the model on other:5000, and MLFLOW_TRACKING_URI is .*only that server/,
      ],
      ['detector/4', /nowhere.mlruns.0, a folder of its server that this machine does not have/],
      ['detector/5', /Version 5 of detector in MLflow's registry is PENDING_REGISTRATION/],
      [
        'detector/6',
        /registered from run gone, which MLflow's server at .* does not have any more/,
      ],
    ];
    for (const [place, message] of cases) {
      await assert.rejects(fetch(`mlflow://${place}`), { code: 'model', message }, place);
    }
    for (const uri of ['mlflow://detector', 'mlflow://u:p@host', 'models:/detector/latest']) {
      await assert.rejects(fetch(uri), { code: 'usage' }, uri);
    }
  });
});

describe("MLflow's server", () => {
  const contents = { versions: [`mlflow-artifacts:/${logged}`], artifacts: loggedModel };
  const basic = `Basic ${Buffer.from('reader:pass word').toString('base64')}`;

  it('is told a token, or a user and a password, which come first', async () => {
    const token = { token: 't0ken' };
    const user = { username: 'reader', password: 'pass word' };
    for (const [environment, authorization] of [
      [token, 'Bearer t0ken'],
      [user, basic],
      [{ ...token, ...user }, basic],
    ] as const) {
      const { fetch } = await registry({ ...contents, authorization }, environment);
      await fetch('mlflow://detector/1');
    }
    const { fetch } = await registry({ ...contents, authorization: basic });
    await assert.rejects(fetch('mlflow://detector/1'), {
      code: 'model',
      message: /refuses these credentials \(401\)\. Check MLFLOW_TRACKING_TOKEN/,
    });
  });

  it('takes user and password from its address, which no message shows', async () => {
    const { server } = await registry({ ...contents, authorization: basic });
    const trackingUri = server.address.replace('//', '//reader:pass%20word@');
    const environment = { trackingUri };
    await fetchMlflowModel('mlflow://detector/1', {}, {}, { environment, cacheFolder: tempDir() });
    await assert.rejects(
      fetchMlflowModel('mlflow://detector/8', {}, {}, { environment }),
      ({ message }: Error) => !message.includes('pass') && message.includes(server.address),
    );
  });

  it('is asked again while its failure may pass, and not for good', async () => {
    const { fetch, server } = await registry(contents);
    server.fail(503, 2);
    await fetch('mlflow://detector/1');
    server.fail(503, 3);
    await assert.rejects(fetch('mlflow://detector/1'), {
      name: 'StorageUnavailableError',
      message: /^MLflow's server at .* answers with 503\.$/,
    });
    await server.close();
    await assert.rejects(fetch('mlflow://detector/1'), {
      name: 'StorageUnavailableError',
      message: /cannot be reached \(connect ECONNREFUSED/,
    });
  });

  it('has to be a server, and one of MLflow', async () => {
    const fetch = (trackingUri?: string) =>
      fetchMlflowModel('mlflow://detector/1', {}, {}, { environment: { trackingUri } });
    await assert.rejects(fetch(), { code: 'usage', message: /set MLFLOW_TRACKING_URI=/ });
    await assert.rejects(fetch('sqlite:///mlflow.db'), { code: 'usage', message: /mlflow server/ });
    const { server } = await registry(contents);
    server.fail(404, 1);
    await assert.rejects(fetch(server.address), { message: /There is no MLflow server at/ });
    server.fail(204, 1);
    await assert.rejects(fetch(server.address), {
      message: /does not answer .* as MLflow's server/,
    });
  });
});
