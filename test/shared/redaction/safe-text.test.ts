import assert from 'node:assert/strict';
import { it } from 'node:test';
import { safeText } from '../../../src/shared/redaction/safe-text.ts';

it('a sentence about a name of thousands of characters keeps what it says of it', () => {
  const name = `/data/${'x'.repeat(9_000)}.jpg`;
  const said = safeText(`The model ${name} does not exist. Check --model.`);
  assert.match(
    said,
    /^The model \/data\/x+\.\.\.x+\.jpg \(9010 characters\) does not exist\. Check --model\.$/,
  );
  assert.ok(said.length < 400, said);
});

it('a text that is long for other reasons is cut at its end, and text of a usual length is not touched', () => {
  const words = 'word '.repeat(2_000);
  assert.match(safeText(words), /^word .*\.\.\. \(10000 characters\)$/);
  const path = `/${'y'.repeat(3_000)}`;
  assert.equal(safeText(path), path);
});
