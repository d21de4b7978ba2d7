import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { repositoryRoot } from '../support/cache-folder.ts';
import { runCli } from '../support/cli.ts';
import { tempDir } from '../support/temp-dir.ts';

interface ProgressDemo {
  readonly target: string;
  readonly limit: number;
  readonly options: readonly string[];
  eigenfleet(args: readonly string[]): Promise<string>;
  say(line: string): void;
}

interface DemoModule {
  demoProgress(demo: ProgressDemo): Promise<number>;
  runInProcess(args: readonly string[]): Promise<string>;
}

describe('npm run demo:progress', () => {
  it('says what training improved, and calls the blurred, darkened images drift', async () => {
    const script = pathToFileURL(join(repositoryRoot, 'scripts/demo-progress.js')).href;
    const { demoProgress, runInProcess }: DemoModule = await import(script);
    const said: string[] = [];
    const code = await demoProgress({
      target: join(tempDir(), 'demo'),
      limit: 8,
      options: ['--layers', '15', '--overlays', 'none', '--box-maps', '0', '--classes', 'none'],
      eigenfleet: async (args) => {
        if (args[0] === 'compare') return runInProcess(args);
        const ended = await runCli(args);
        assert.equal(ended.code, 0, ended.stderr);
        return ended.stdout;
      },
      say: (line) => said.push(line),
    });
    assert.equal(code, 0);
    const text = said.join('\n');
    assert.match(text, /^epoch20 -> final: \S+ (recall|precision) \d\S* -> \d\S*$/m);
    assert.match(text, /^final -> blurred: the images drifted: sharpness \S+ -> \S+, brightness/m);
    const pages = [...text.matchAll(/^ {2}(\S+comparison\.html)$/gm)].map(([, page]) => page!);
    assert.equal(pages.length, 2);
    for (const page of pages) assert.ok(existsSync(resolve(page)), page);
  });

  it('ends with 1 and a sentence where it cannot do that', async () => {
    const script = join(repositoryRoot, 'scripts/demo-progress.js');
    const started = promisify(execFile)(process.execPath, [script, '--out', join(script, 'demo')]);
    await assert.rejects(started, { code: 1, stderr: /^demo:progress: ENOTDIR.+\n$/ });
  });
});
