import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { describe, it } from 'node:test';
import { reportFailure } from '../../src/cli/terminal/failure.ts';
import { EigenfleetError, exitCodes } from '../../src/shared/errors.ts';
import { cliPath } from '../support/program-path.ts';
import { repositoryText } from '../support/repository-files.ts';

const launcher = new URL('../../../bin/eigenfleet.js', import.meta.url).pathname;
const crash = "data:text/javascript,process.once('beforeExit', () => { throw new Error('made') })";

describe('exit codes', () => {
  it('say 70 of a fault of ours, and the code of the table of any other failure', (context) => {
    context.mock.method(process.stderr, 'write', () => true);
    assert.equal(reportFailure(new TypeError('made')), 70);
    assert.equal(reportFailure(new EigenfleetError('usage', 'Made.')), 2);
  });

  for (const program of [cliPath, launcher]) {
    it(`say 70 of an exception that nobody caught, by ${program.split('/').at(-2)}`, async () => {
      assert.equal(await codeOf(['--import', crash, program, '--version']), 70);
    });
  }

  it('are all different, and each has its line in the page of operations', () => {
    const codes = Object.values(exitCodes);
    assert.equal(new Set(codes).size, codes.length);
    const page = repositoryText('docs/operations.md');
    for (const code of codes) assert.match(page, new RegExp(`^\\| ${code} \\|`, 'm'), `${code}`);
  });
});

function codeOf(args: readonly string[]): Promise<number | null> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, args, () => resolve(child.exitCode));
  });
}
