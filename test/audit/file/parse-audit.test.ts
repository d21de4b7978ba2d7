import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type ParsedAudit, parseAudit } from '../../../src/audit/file/parse-audit.ts';

const least =
  'images: s3://cells/images\nmodel: s3://cells/best.onnx\nout: s3://results\ncron: "30 2 * * *"\n';

describe('an audit file', () => {
  it('needs images, a model, a place for results and a pattern, and has defaults for the rest', () => {
    assert.deepEqual(parse(least).audit, {
      images: 's3://cells/images',
      model: 's3://cells/best.onnx',
      out: 's3://results',
      cron: '30 2 * * *',
      timeZone: 'UTC',
      catchUp: 'latest',
      maxAgeHours: 48,
      incremental: true,
      keep: 30,
      options: {},
    });
  });

  it('keeps rules with the lines and columns of the file', () => {
    const { rules } = parse(
      `${least}rules:\n  - recall >= 0.7\n  - failed <= 5% # new\ntimeZone: Europe/Berlin\n`,
    );
    assert.deepEqual(rules, {
      kind: 'text',
      text: `${least.replaceAll(/[^\n]/g, ' ')}rules:\n  - recall >= 0.7\n  - failed <= 5% # new\n`,
    });
  });

  it('takes places beside itself, and whole ones', () => {
    const { audit } = parse(
      'images: "../data/**/*.jpg"\nmodel: mlflow://cells@champion\nout: /results\nlabels: labels\nbaseline: runs/first\ncron: 0 2 * * *\noptions: {basis: cells.safetensors}\n',
    );
    assert.deepEqual(
      [audit.images, audit.model, audit.out, audit.labels, audit.baseline, audit.options],
      [
        '/git/data/**/*.jpg',
        'mlflow://cells@champion',
        '/results',
        '/git/audits/labels',
        '/git/audits/runs/first',
        { basis: '/git/audits/cells.safetensors' },
      ],
    );
    assert.equal(parse(`${least}baseline: release`).audit.baseline, 'release');
    assert.equal(parse(`${least}labels: false`).audit.labels, false);
  });

  it('takes a model of MLflow by its own address, and refuses one that names none', () => {
    const withModel = (model: string) => parse(least.replace('s3://cells/best.onnx', model)).audit;
    assert.equal(withModel('models:/cells@champion').model, 'models:/cells@champion');
    assert.throws(() => withModel('mlflow://cells'), { message: /:2:8: model: .* names no model/ });
  });

  it('refuses an address with one slash, which would be a folder beside the file', () => {
    assert.throws(() => parse(least.replace('s3://cells/images', 's3:/cells/images')), {
      message: /:1:9: images: "s3:\/cells\/images" is not an address: write s3:\/\/ with two/,
    });
  });

  it('names where the address and the key of a webhook are', () => {
    assert.deepEqual(
      parse(
        `${least}webhook: {url: {env: AUDIT_WEBHOOK}, key: {file: /run/secrets/key}, format: slack}`,
      ).audit.webhook,
      { url: { env: 'AUDIT_WEBHOOK' }, key: { file: '/run/secrets/key' }, format: 'slack' },
    );
  });

  for (const [text, message] of [
    ['images: a\n  model: b', /^a\.yaml:1:9 is not YAML: .*Nested mappings.* needs quotes\.$/],
    ['', /^a\.yaml:1:1 holds no audit: write one "key: value" a line/],
    [
      'images: a\nmodel: b\nout: c\ncron: * * * * *',
      /^a\.yaml:4:7 (is not YAML|cannot be read): .*"\*" at its beginning, needs quotes\.$/,
    ],
    ['model: b\nout: c\ncron: 0 2 * * *', /^a\.yaml:1:1: images must name a folder, a pattern/],
    [
      'image: a\nmodel: b\nout: c\ncron: 0 2 * * *',
      'a.yaml:1:1: there is no "image" here. Did you mean images?',
    ],
    [`${least}timezone: UTC`, 'a.yaml:5:1: there is no "timezone" here. Did you mean timeZone?'],
    [
      `${least}timeZone: Europe/Berln`,
      /^a\.yaml:5:11: timeZone "Europe\/Berln" is not a time zone that Node knows\. Did you mean Europe\/Berlin/,
    ],
    [
      `${least}rules: recall >= 0.7`,
      'a.yaml:5:8: rules must be a list: write "rules:", and below it "- recall >= 0.7", one rule a line.',
    ],
    [`${least}rules: drift`, /^a\.yaml:5:8: rules must be a list/],
    [`${least}rules: {recall: 0.7}`, /^a\.yaml:5:8: rules must be a list of rules, or the name/],
    [`${least}catchUp: both`, 'a.yaml:5:10: catchUp must be latest, all or none.'],
    [`${least}maxAgeHours: 0`, 'a.yaml:5:14: maxAgeHours must be a number of hours above 0.'],
    [`${least}keep: 1.5`, 'a.yaml:5:7: keep must be a whole number of 1 or more.'],
    [
      `${least}baseline: latest`,
      /^a\.yaml:5:11: baseline: the latest run is the night's own .* write previous/,
    ],
    [
      `${least}options:\n  conff: 0.3`,
      /^a\.yaml:6:3: there is no setting "conff"\. Did you mean conf\?$/,
    ],
    [`${least}options:\n  conf: 3`, /^a\.yaml:6:3: conf must be a number from 0 to 1, not 3\.$/],
    [`${least}options:\n  device: cuda`, /^a\.yaml:6:3: device belongs to the worker/],
    [
      `${least}options: {parity: true, resize: fast}`,
      /^a\.yaml:5:10: --parity contradicts --resize fast/,
    ],
    [
      least.replace('s3://cells/images', 'https://cells/images'),
      /^a\.yaml:1:9: images: https:\/\/ is not supported here/,
    ],
    [
      least.replace('30 2', '30 24'),
      'a.yaml:4:11: cron has the hour "24", which is not one: write 0 to 23.',
    ],
    [
      least.replace('30 2 * * *', '30 2 30 2 *'),
      /^a\.yaml:4:8: cron names no date within five years/,
    ],
    [
      least.replace('30 2 * * *', '0 0 31 4,6,9,11 *'),
      /^a\.yaml:4:8: cron names no date within five years/,
    ],
    [
      `${least}webhook: https://hooks.example/secret`,
      /^a\.yaml:5:10: webhook must have a url: name a variable/,
    ],
    [
      `${least}webhook: {url: https://hooks.example/secret}`,
      /^a\.yaml:5:16: url must not hold the value itself: name a variable/,
    ],
    [
      `${least}webhook: {format: json}`,
      /^a\.yaml:5:10: url must name a variable, "\{env: AUDIT_WEBHOOK\}"/,
    ],
    [
      `${least}webhook: {url: {env: "https://secret"}}`,
      /^a\.yaml:5:23: env must be the name of an environment variable/,
    ],
    [
      `${least}webhook: {url: {env: A, file: /b}}`,
      /^a\.yaml:5:16: url must have one of env and file/,
    ],
  ] as const) {
    it(`is refused with a place and a way out: ${JSON.stringify(text.replace(least, '... '))}`, () => {
      assert.throws(
        () => parse(text),
        (error: Error) => {
          if (typeof message === 'string') assert.equal(error.message, message);
          else assert.match(error.message, message);
          assert.doesNotMatch(error.message, /hooks|secret"|\/\/secret/);
          return true;
        },
      );
    });
  }

  it('in storage names whole places', () => {
    assert.throws(
      () => parse('images: images\nmodel: b\nout: c\ncron: 0 2 * * *', 's3://cells/audits'),
      {
        message:
          'a.yaml:1:9: images: "images" is a path beside the audit file, which lies in storage: write the whole address, such as s3://bucket/images.',
      },
    );
  });
});

function parse(text: string, base = '/git/audits'): ParsedAudit {
  return parseAudit(text, { fileName: 'a.yaml', base, now: new Date('2026-11-30T12:00:00Z') });
}
