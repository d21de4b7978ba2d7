import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { parseYaml } from '../../src/shared/settings/parse-yaml.ts';

describe('YAML', () => {
  it('keeps the value of an unknown tag, and Node warns of nothing', async () => {
    const warnings: string[] = [];
    const listen = ({ message }: Error) => warnings.push(message);
    process.on('warning', listen);
    const value = parseYaml('path: !Path images\nval: !!js/regexp /a/\n');
    await setImmediate();
    process.off('warning', listen);
    assert.deepEqual(value, { path: 'images', val: '/a/' });
    assert.deepEqual(warnings, []);
  });
});
