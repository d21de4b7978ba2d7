import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { colorsOf } from '../../../src/cli/terminal/colors.ts';
import { oneLine, screenJson, screenText } from '../../../src/cli/terminal/screen-text.ts';

const hostile = 'a\u001b[31mRED\u0007\u009b2J\u202egpj.\r.jpg';
const shown = 'a\u{fffd}[31mRED\u{fffd}\u{fffd}2J\u{fffd}gpj.\u{fffd}.jpg';

describe('what reaches the screen', () => {
  it('is not an escape sequence of a file name, and lines and tabs stay', () => {
    assert.equal(screenText(`\t${hostile}\nnext`), `\t${shown}\nnext`);
    assert.equal(oneLine(`${hostile}\nnext`), `${shown}\u{fffd}next`);
  });

  it('is colored by us alone', () => {
    const { bold, red } = colorsOf({ isTTY: true }, { TERM: 'xterm' });
    const text = screenText(bold(`${red('error:')} ${hostile}`));
    assert.equal(text, `\u001b[1m\u001b[31merror:\u001b[39m ${shown}\u001b[22m`);
    // Whoever knows how colors are marked does not know this process's mark.
    assert.equal(screenText('\u{fdd0}[31mRED'), '\u{fdd0}[31mRED');
  });

  it('is not a color where none is shown', () => {
    assert.equal(screenText(colorsOf({ isTTY: false }).red(hostile)), shown);
  });

  it('is JSON that means the same', () => {
    const json = screenJson(JSON.stringify({ image: hostile }));
    assert.doesNotMatch(json, /\p{Cc}|\u202e/u);
    assert.equal(JSON.parse(json).image, hostile);
  });
});
