import assert from 'node:assert/strict';
import { it } from 'node:test';
import { unzipSync } from 'fflate';
import { MapArchiveWriter, packMap, unpackMap } from '../../../src/shared/results/map-archive.ts';

const maps = [
  { name: 'row_0_class_1', shape: [2, 3], values: Uint8Array.of(0, 1, 2, 253, 254, 255) },
  { name: 'row_12_class_0', shape: [1, 1], values: Uint8Array.of(7) },
];

function archived() {
  const writer = new MapArchiveWriter();
  const places = maps.map(({ name, shape, values }) => writer.add(name, packMap(shape, values)));
  return { bytes: writer.finish(), places };
}

it('an archive of maps is a ZIP file of .npy files', () => {
  const files = unzipSync(archived().bytes);
  assert.deepEqual(
    Object.keys(files),
    maps.map(({ name }) => `${name}.npy`),
  );
  for (const { name, shape, values } of maps) {
    const file = files[`${name}.npy`]!;
    const header = new TextDecoder().decode(file.subarray(0, 128));
    assert.match(header, /'descr': '\|u1', 'fortran_order': False/);
    assert.ok(header.includes(`'shape': (${shape.join(', ')})`));
    assert.deepEqual(file.slice(128), values);
  }
});

it('each of its maps is read from its place alone, and an altered one not at all', () => {
  const { bytes, places } = archived();
  places.forEach(({ offset, bytes: length }, index) => {
    const packed = bytes.subarray(offset, offset + length);
    const { values } = maps[index]!;
    assert.deepEqual(Uint8Array.from(unpackMap(packed, values.length) ?? []), values);
    assert.equal(unpackMap(packed, 10_000), undefined);
    assert.equal(unpackMap(packed.subarray(1), values.length), undefined);
  });
});

it('the same maps make the same bytes', () => {
  assert.deepEqual(archived().bytes, archived().bytes);
});

it('more entries than a plain end can count get the longer end', () => {
  const writer = new MapArchiveWriter();
  const packed = packMap([1], Uint8Array.of(1));
  for (let index = 0; index < 65_536; index++) writer.add(`m${index}`, packed);
  const bytes = writer.finish();
  const view = new DataView(bytes.buffer);
  const at = bytes.length - 22;
  assert.equal(view.getUint16(at + 10, true), 0xffff);
  assert.equal(view.getUint32(at - 20, true), 0x07064b50);
  const longer = Number(view.getBigUint64(at - 12, true));
  assert.equal(view.getUint32(longer, true), 0x06064b50);
  assert.equal(view.getBigUint64(longer + 32, true), 65_536n);
  const first = Number(view.getBigUint64(longer + 48, true));
  assert.equal(view.getUint32(first, true), 0x02014b50);
});
