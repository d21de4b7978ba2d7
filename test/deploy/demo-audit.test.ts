import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { repositoryRoot } from '../support/cache-folder.ts';
import { tempDir } from '../support/temp-dir.ts';

interface AuditDemo {
  readonly target: string;
  readonly model: string;
  readonly counts: readonly number[];
  readonly rules: readonly string[];
  readonly options: readonly string[];
  say(line: string): void;
}

describe('npm run demo:audit', () => {
  it('explains each night only what is new, finds the blurred, dark images of the third, and says where its page is', async () => {
    const script = pathToFileURL(join(repositoryRoot, 'scripts/demo-audit.js')).href;
    const { demoAudit }: { demoAudit(demo: AuditDemo): Promise<number> } = await import(script);
    const said: string[] = [];
    const code = await demoAudit({
      target: join(tempDir(), 'demo'),
      model: join(repositoryRoot, 'test/fixtures/models/tiny-det-dynamic.onnx'),
      counts: [8, 5, 6],
      rules: ['failed <= 0', 'drift of inputs: none'],
      options: ['imgsz: 64', 'overlays: none', 'boxMaps: 0', 'classes: none', 'candidates: false'],
      say: (line) => said.push(line),
    });
    const text = said.join('\n');
    assert.equal(code, 0, text);
    const images = [...text.matchAll(/(\d+) explained, (\d+) carried/g)];
    assert.deepEqual(
      images.map(([, explained, carried]) => [explained, carried]),
      [
        ['8', '0'],
        ['5', '8'],
        ['6', '13'],
      ],
    );
    const verdicts = [...text.matchAll(/^ {2}(PASSED|FAILED|COULD NOT TELL): /gm)];
    assert.deepEqual(
      verdicts.map(([, verdict]) => verdict),
      ['PASSED', 'PASSED', 'FAILED'],
      text,
    );
    assert.match(text, /FAILED: 1 of 2 rules failed: drift of inputs: none\..*images are darker/);
    const page = /^open: (.+trend\.html)$/m.exec(text)?.[1] ?? '';
    assert.ok(existsSync(resolve(page)), page);
  });
});
