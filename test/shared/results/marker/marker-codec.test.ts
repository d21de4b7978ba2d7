import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { decodeMarker, encodeMarker } from '../../../../src/shared/results/marker/marker-codec.ts';
import type { ShardMarker } from '../../../../src/shared/results/marker/shard-marker.ts';
import { storeStatistics } from '../../../../src/shared/statistics/columns/store-statistics.ts';
import { StatisticsAccumulator } from '../../../../src/shared/statistics/statistics-accumulator.ts';
import { emptyStatistics } from '../../../support/plain-statistics.ts';
import { repositoryText } from '../../../support/repository-files.ts';

const marker: ShardMarker = {
  ...{ runId: 'cells-000000000000', shard: 3, files: [], timingsMs: { decode: 1.5 }, wallMs: 2 },
  // Text that looks like the beginning of the columns.
  ...{ device: 'cpu', host: '","columns":"', versions: { columns: '1' } },
  finishedAt: '2026-11-24T10:00:01.000Z',
  statistics: storeStatistics({ ...emptyStatistics(), images: 4, statuses: { success: 4 } }),
};

function read(bytes: Uint8Array): ShardMarker {
  const decoded = decodeMarker(bytes);
  return decoded.status === 'read' ? decoded.marker : assert.fail(decoded.status);
}

function contentOf({ statistics, ...facts }: ShardMarker) {
  return { ...facts, statistics: { ...statistics, columns: [...statistics.columns] } };
}

describe('a marker', () => {
  it('comes back as it was written, also from JSON that another program wrote again', () => {
    const bytes = encodeMarker(marker);
    assert.deepEqual(contentOf(read(bytes)), contentOf(marker));
    const json = JSON.parse(Buffer.from(bytes).toString());
    assert.deepEqual([json.schema, json.statistics.images], ['done@4', 4]);
    const { columns, ...counts } = json.statistics;
    const again = { statistics: { columns, ...counts }, ...json, extra: 1 };
    for (const text of [JSON.stringify(again), JSON.stringify(json, null, 2)]) {
      assert.deepEqual(contentOf(read(Buffer.from(text))), contentOf(marker));
    }
  });

  it('with a character of its columns changed, or fewer of them, is damaged', () => {
    const text = Buffer.from(encodeMarker(marker)).toString();
    const at = text.lastIndexOf('"columns":"') + 20;
    const other = text[at] === 'B' ? 'C' : 'B';
    const damaged = [
      `${text.slice(0, at)}${other}${text.slice(at + 1)}`,
      `${text.slice(0, at)}*${text.slice(at + 1)}`,
      `${text.slice(0, at)}${text.slice(at + 4)}`,
      text.slice(0, -1),
      text.replace(/"crc32":\d/, '"crc32":'),
      text.replace(/"bytes":\d+/, '"bytes":1e9'),
      text.replace(/"columns":"[^"]{100,}"/, '"columns":5'),
    ];
    for (const one of damaged) {
      assert.deepEqual(decodeMarker(Buffer.from(one)), { status: 'damaged' }, one);
    }
  });

  it('of the schema before merges to the numbers that it did', () => {
    const { statistics, shard } = read(
      Buffer.from(repositoryText('test/golden/markers/done-3.json')),
    );
    const accumulator = new StatisticsAccumulator();
    accumulator.merge(statistics);
    const merged = JSON.stringify(accumulator.build());
    const digest = createHash('sha256').update(merged).digest('hex');
    assert.equal(shard, 2);
    assert.equal(digest, 'bb048742beefd25aa0352314ccc2e3f02f1336ab8d523f4ad33c8f36f9c28d4d');
  });

  it('of the schema before is damaged where its texts are', () => {
    const text = repositoryText('test/golden/markers/done-3.json');
    const cut = text.replace(/"sum":"(\w{8})\w/, '"sum":"$1*');
    assert.deepEqual(decodeMarker(Buffer.from(cut)), { status: 'damaged' });
  });
});
