import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  redactAddress,
  redactArguments,
  redactCredentials,
} from '../../../src/shared/redaction/redact-credentials.ts';
import { secretsOfProcess } from '../../../src/shared/redaction/secrets-of-process.ts';

/** `S3CR3T` stands for what nobody may see. */
function hides(text: string, by: string): void {
  assert.equal(redactCredentials(text, []), by, text);
}

describe('the redaction of a text', () => {
  it('hides user and password of an address, however they are written', () => {
    hides('at redis://:S3CR3T@cache now', 'at redis://***@cache now');
    hides('rediss://fleet:S3CR3T@cache:6380/0', 'rediss://***@cache:6380/0');
    hides('"http://u:S3%40CR3T@host/a"', '"http://***@host/a"');
    hides('REDISS://S3CR3T@cache', 'REDISS://***@cache');
    hides('redis:u:S3CR3T@cache', 'redis:***@cache');
    hides('https://S3CR3T@host/a@2x.jpg', 'https://***@host/a@2x.jpg');
    hides('s3://AKIA:S3CR3T@bucket/key', 's3://***@bucket/key');
  });

  it('hides them in a path that was made of an address, and leaves paths with an @ alone', () => {
    hides('at /data/http:/u:S3CR3T@h/x', 'at /data/http:/***@h/x');
    hides('at /data/https:/S3CR3T@h/x', 'at /data/https:/***@h/x');
    for (const path of ['C:/me@home/a.jpg', '/data/a@2x.jpg', 'images:/data/a@2x.jpg']) {
      hides(path, path);
    }
  });

  it('hides a password that holds the signs that end one', () => {
    hides('redis://u:S3@CR3T@cache:6379', 'redis://***@cache:6379');
    hides('redis://u:S3/CR3T@cache', 'redis://***@cache');
    hides('redis://u:12/S3CR3T@cache', 'redis://***@cache');
    hides('redis://:S3?C#R3T@cache', 'redis://***@cache');
    hides('http://u:S3/CR3T@host:9000', 'http://***@host:9000');
    hides('s3://AKIA:S3/CR+3T@bucket/x', 's3://***@bucket/x');
  });

  it('hides what would be a password in the address of a model', () => {
    hides('mlflow://user:S3CR3T@host', 'mlflow://***@host');
    hides('mlflow://user:S3CR3T@host/1 x', 'mlflow://***@host/1 x');
    hides('mlflow://S3CR3T@host:5000', 'mlflow://***@host:5000');
  });

  it('hides signatures and tokens of a query string, in an encoded one too', () => {
    hides(
      'https://b/k?X-Amz-Credential=S3CR3T&X-Amz-Signature=S3CR3T&a=b',
      'https://b/k?X-Amz-Credential=***&X-Amz-Signature=***&a=b',
    );
    hides('https://h/x?token=S3CR3T&a=b', 'https://h/x?token=***&a=b');
    hides('https://h/x?sv=1&sig=S3%2BCR3T&x=1', 'https://h/x?sv=1&sig=***&x=1');
    hides(
      '?url=https%3A%2F%2Fh%3Ftoken%3DS3CR3T%26a%3Db',
      '?url=https%3A%2F%2Fh%3Ftoken%3D***%26a%3Db',
    );
    hides('redis://cache?password=S3CR3T', 'redis://cache?password=***');
  });

  it('hides values that are named like secrets: headers, settings, variables, flags', () => {
    hides('Authorization: Bearer S3CR3T', 'Authorization: ***');
    hides('{"password":"S3CR3T","a":1}', '{"password":"***","a":1}');
    hides(
      '{"msg":"{\\"secretAccessKey\\":\\"S3CR3T\\"}"}',
      '{"msg":"{\\"secretAccessKey\\":\\"***\\"}"}',
    );
    hides('AWS_SECRET_ACCESS_KEY=S3CR3T x', 'AWS_SECRET_ACCESS_KEY=*** x');
    hides("unknown option '--redis-password=S3CR3T'", "unknown option '--redis-password=***'");
    hides('eigenfleet run --token S3CR3T --json', 'eigenfleet run --token *** --json');
  });

  it('leaves what is not a secret as it is', () => {
    for (const text of [
      's3://photos/a/logo@2x.jpg',
      'http://127.0.0.1:9000/a@b.jpg',
      'http://[::1]:9000/a@b.jpg',
      'file:///data/a@b/photo.jpg?key',
      'give it as redis://:password@host or redis://user:password@host, in --redis or REDIS_URL',
      'asks for a password (NOAUTH): give it',
      'tokenizer.json: no such file; secret.jpg: damaged',
      "Unexpected token '<' in JSON",
      'git@github.com:a/b, mail someone@example.org',
      'mlflow://blood-cells@prod is version 7; models:/blood-cells@prod/best.onnx',
    ]) {
      hides(text, text);
    }
  });

  it('takes time in proportion to the text', () => {
    const [short, long] = [2_500, 10_000];
    const cpuMs = (text: string): number => {
      const before = process.cpuUsage();
      assert.ok(redactCredentials(text, []).length > 0);
      return process.cpuUsage(before).user / 1000;
    };
    for (const part of ['redis://', 'a.', 'http://a:', '--token', '?sig=']) {
      const [less, more] = [short, long].map((times) => cpuMs(part.repeat(times)));
      // Four times as much takes sixteen times as long where each place is compared with each; the rest is for the garbage of others.
      assert.ok(more! < 8 * less! + 100, `${part}: ${less} and ${more} ms`);
    }
  });
});

describe('the redaction of one address', () => {
  it('hides what may be a password in one that is malformed', () => {
    assert.equal(redactAddress('redis://u:S3 C"R3T@cache'), 'redis://***@cache');
    assert.equal(redactAddress('u:S3CR3T@cache:6379'), '***@cache:6379');
    assert.equal(redactAddress('redis://:S3CR3T'), 'redis://:***');
    assert.equal(redactAddress('redis://cache:S3CR3T/0'), 'redis://cache:***');
    assert.equal(redactAddress('http://u:S3CR3T@'), 'http://***@');
    assert.equal(redactAddress('//u:S3CR3T@cache'), '***@cache');
  });

  it('leaves one without a secret as it is', () => {
    for (const address of [
      'redis://127.0.0.1:6379/1',
      'ftp://host',
      'cache:6379',
      'http://[::1]:80',
    ]) {
      assert.equal(redactAddress(address), address);
    }
  });
});

describe('the redaction of arguments', () => {
  it('knows flags with = and with a blank, short ones and plain arguments', () => {
    assert.deepEqual(
      redactArguments([
        ...['enqueue', '--redis', 'redis://u:S3 CR3T@h', '--redis=rediss://:S3CR3T@h'],
        ...['-o', 's3://k:S3CR3T@b/p', '-os3://k:S3CR3T@b', '--s3-endpoint', 'u:S3CR3T@host'],
        ...['--redis-password', 'S3CR3T', '--api-key=S3CR3T', '-i', 'photos/a@2x.jpg', '--quiet'],
      ]),
      [
        ...['enqueue', '--redis', 'redis://***@h', '--redis=rediss://***@h'],
        ...['-o', 's3://***@b/p', '-os3://***@b', '--s3-endpoint', '***@host'],
        ...['--redis-password', '***', '--api-key=***', '-i', 'photos/a@2x.jpg', '--quiet'],
      ],
    );
  });
});

describe('the secrets of a process', () => {
  const secrets = secretsOfProcess(
    {
      AWS_SECRET_ACCESS_KEY: 'wJalr/XUtn+FEMI',
      AWS_WEB_IDENTITY_TOKEN_FILE: '/var/run/token',
      REDIS_URL: 'redis://u:p%40ss%2Fw0rd@host',
      DB_PASSWORD: 'short',
      MINIO_ROOT_PASSWORD: 'minioadmin',
      HOME: '/home/someone',
    },
    ['node', 'cli.js', '--redis=redis://:sp"ec1al@host'],
  );

  it('are hidden wherever they stand, decoded, encoded and in JSON', () => {
    const text = 'wJalr/XUtn+FEMI wJalr%2FXUtn%2BFEMI p@ss/w0rd p%40ss%2Fw0rd sp\\"ec1al';
    assert.equal(redactCredentials(text, secrets), '*** *** *** *** ***');
  });

  it('do not take ordinary words and places away', () => {
    const text = 'short minioadmin /var/run/token /home/someone';
    assert.equal(redactCredentials(text, secrets), text);
  });
});
