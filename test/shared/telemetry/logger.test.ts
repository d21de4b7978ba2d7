import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readLogLevel } from '../../../src/shared/host/environment.ts';
import {
  createLogger,
  type LogSink,
  scopedLogger,
  silentLogger,
} from '../../../src/shared/telemetry/logger.ts';

function gather(isTTY = false): LogSink & { readonly lines: string[] } {
  const lines: string[] = [];
  return { lines, isTTY, write: (line) => lines.push(line) };
}

describe('a logger', () => {
  it('writes one JSON object a line, with level, time, component and scope', () => {
    const sink = gather();
    const logger = createLogger({ level: 'info', component: 'worker', sink });
    scopedLogger(logger, { worker: 'w1', run: 'r1', shard: 12 }).info({ images: 256 }, 'done');
    assert.equal(sink.lines.length, 1);
    const { time, pid, ...rest } = JSON.parse(sink.lines[0]!);
    assert.match(time, /^\d{4}-\d\d-\d\dT.*Z$/);
    assert.equal(pid, process.pid);
    assert.deepEqual(rest, {
      ...{ level: 'info', component: 'worker', worker: 'w1', run: 'r1', shard: 12 },
      ...{ images: 256, msg: 'done' },
    });
  });

  it('leaves out what is below its level', () => {
    const sink = gather();
    const logger = createLogger({ level: 'warn', component: 'worker', sink });
    logger.info('not this');
    logger.warn('but this');
    assert.deepEqual(
      sink.lines.map((line) => JSON.parse(line).msg),
      ['but this'],
    );
  });

  it('shows no credentials of a URL, in messages, fields or errors', () => {
    const sink = gather();
    const logger = createLogger({ level: 'info', component: 'worker', sink });
    logger.info({ redis: 'rediss://fleet:s3cr3t@cache:6380/0' }, 'at redis://:s3cr3t@cache');
    logger.error({ err: new Error('http://u:s3cr3t@host/a failed') }, 'broken');
    logger.info('GET https://bucket/key?X-Amz-Credential=s3cr3t&X-Amz-Signature=s3cr3t&a=b');
    const all = sink.lines.join('');
    assert.doesNotMatch(all, /s3cr3t/);
    assert.match(all, /rediss:\/\/\*\*\*@cache:6380\/0/);
    assert.match(all, /X-Amz-Signature=\*\*\*&a=b/);
  });

  it('leaves an address without credentials, and a key with an @, as they are', () => {
    const sink = gather();
    createLogger({ level: 'info', component: 'worker', sink }).info('s3://photos/a/logo@2x.jpg');
    assert.equal(JSON.parse(sink.lines[0]!).msg, 's3://photos/a/logo@2x.jpg');
  });

  it('writes plain lines on a terminal', () => {
    const sink = gather(true);
    const logger = createLogger({ level: 'info', component: 'worker', sink });
    logger.warn({ run: 'r1', shard: 12, why: 'lock lost' }, 'handed back');
    assert.match(
      sink.lines[0]!,
      /^\d\d:\d\d:\d\d warn {2}worker: handed back {2}run=r1 shard=12 why="lock lost"\n$/,
    );
  });

  it('adds an error as its message, and as a stack where it is fatal', () => {
    const sink = gather(true);
    const logger = createLogger({ level: 'info', component: 'worker', sink });
    logger.error({ err: new Error('no route') }, 'retrying');
    logger.fatal({ err: new Error('no way') }, 'ending');
    assert.match(sink.lines[0]!, /worker: retrying {2}\(no route\)\n$/);
    assert.match(sink.lines[1]!, /worker: ending\nError: no way\n {4}at /);
  });

  it('lets no name steer the terminal', () => {
    const sink = gather(true);
    const logger = createLogger({ level: 'info', component: 'worker', sink });
    logger.info({ key: 'a\u001b[2Jb' }, 'read a\u001b]0;title\u0007');
    assert.doesNotMatch(sink.lines[0]!.trimEnd(), /\p{Cc}/u);
  });

  it('can be silent', () => {
    assert.equal(silentLogger().isLevelEnabled('fatal'), false);
  });
});

describe('LOG_LEVEL', () => {
  it('is info when nothing is said, and takes any case', () => {
    assert.equal(readLogLevel({}), 'info');
    assert.equal(readLogLevel({ LOG_LEVEL: '' }), 'info');
    assert.equal(readLogLevel({ LOG_LEVEL: 'DEBUG' }), 'debug');
  });

  it('is refused with the levels to choose from', () => {
    assert.throws(() => readLogLevel({ LOG_LEVEL: 'loud' }), {
      code: 'usage',
      message:
        'LOG_LEVEL must be one of trace, debug, info, warn, error, fatal, silent, not "loud".',
    });
  });
});
