import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readPattern } from '../../../src/audit/calendar/daily-pattern.ts';

describe('a pattern', () => {
  it('names the dates of its days, months and weekdays', () => {
    assert.deepEqual(dates('30 2 * * *'), ['2026-11-30', '2026-12-01', '2026-12-02']);
    assert.deepEqual(dates('0 2 * * MON-FRI'), ['2026-11-30', '2026-12-01', '2026-12-02']);
    assert.deepEqual(dates('0 2 * * 7'), ['2026-12-06', '2026-12-13', '2026-12-20']);
    assert.deepEqual(dates('0 2 31 * *'), ['2026-12-31', '2027-01-31', '2027-03-31']);
    assert.deepEqual(dates('0 2 L * *'), ['2026-11-30', '2026-12-31', '2027-01-31']);
    assert.deepEqual(dates('0 2 * * 5#3'), ['2026-12-18', '2027-01-15', '2027-02-19']);
    assert.deepEqual(dates('0 2 * * 5L'), ['2026-12-25', '2027-01-29', '2027-02-26']);
    assert.deepEqual(dates('0 2 5/15 * THU'), ['2026-12-03', '2026-12-05', '2026-12-10']);
  });

  it('waits for 29 February', () => {
    assert.deepEqual(dates('0 2 29 2 *'), ['2028-02-29']);
  });

  it('that sets both fields of days takes either, and says so', () => {
    assert.deepEqual(dates('0 2 1-7 * 1'), ['2026-11-30', '2026-12-01', '2026-12-02']);
    assert.equal(patternOf('0 2 1-7 * 1').eitherDay, true);
    assert.equal(patternOf('0 2 * * 1').eitherDay, false);
    assert.equal(patternOf('0 2 1-7 * *').eitherDay, false);
  });

  it('names no date where no month has the day', () => {
    assert.deepEqual(dates('0 0 31 4,6,9,11 *'), []);
    assert.match(faultOf('30 2 30 2 *'), /^names no date within five years/);
  });

  it('has five fields, and no nickname', () => {
    assert.match(faultOf('0 2 * *'), /^has 4 fields: write five .*, such as "30 2 \* \* \*"/);
    assert.match(faultOf('0 0 2 * * *'), /^has 6 fields: .* Seconds are not taken\.$/);
    assert.match(faultOf(''), /^has 0 fields/);
    assert.equal(faultOf('@daily'), 'is "@daily": write its five fields, "0 0 * * *".');
    assert.match(faultOf('@every 5m'), /^is "@every": write five fields/);
  });

  it('fires once a date at most', () => {
    assert.match(
      faultOf('*/30 2 * * *'),
      /^fires 2 times a day, and an audit runs at most once a day/,
    );
    assert.match(faultOf('0 */2 * * *'), /^fires 12 times a day/);
    assert.match(faultOf('* * * * *'), /^fires 1440 times a day/);
  });

  it('leaves nothing to chance', () => {
    assert.equal(
      faultOf('H 2 * * *'),
      'has the minute "H", which is drawn by chance: write the minute itself, 0 to 59.',
    );
    assert.match(faultOf('0 2 H * *'), /^has the day of the month "H"/);
    assert.deepEqual(dates('0 2 * * THU'), ['2026-12-03', '2026-12-10', '2026-12-17']);
  });

  it('says which field is wrong, and where it is', () => {
    assert.deepEqual(readPattern('0 24 * * *'), {
      status: 'wrong',
      fault: 'has the hour "24", which is not one: write 0 to 23.',
      at: 2,
    });
    for (const text of ['0 2 0 * *', '0 2 LW * *', '0 2 15W * *', '0 2 L-2 * *', '0 2 * foo *'])
      assert.match(faultOf(text), /^has the (day of the month|month) /, text);
    for (const text of [
      '0 2 * * FRI-MON',
      '0 2 * * L',
      '0 2 * * 1,5#3',
      '0 2 * * 8',
      '0 2 * * MONDAY',
    ])
      assert.match(faultOf(text), /^has the day of the week /, text);
  });
});

function patternOf(text: string) {
  const read = readPattern(text);
  if (read.status === 'wrong') throw new Error(read.fault);
  return read.pattern;
}

function dates(text: string): string[] {
  const found: string[] = [];
  for (const date of patternOf(text).datesFrom('2026-11-30')) {
    found.push(date);
    if (found.length === 3) break;
  }
  return found;
}

function faultOf(text: string): string {
  const read = readPattern(text);
  return read.status === 'wrong' ? read.fault : 'read';
}
