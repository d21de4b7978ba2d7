/*
 * Maps resampled to frames, see `frameMap`. Maps are float32, row-major. Addresses are in bytes.
 *
 * An axis of a frame is a list of records, one for each of its cells, of 8 + 8 * span bytes: the first grid cell and how many there are, both i32, and
 * a float64 weight for each.
 */

import { high, low, pairOf } from './lanes';

/**
 * Writes a frame of height x width cells, float32: the weighted sums of the map's cells, in float64; NaN where an axis has no cell. `line` has
 * room for `gridWidth` float64 and one more; the map is readable one cell beyond its end.
 */
export function frame(
  map: usize,
  gridWidth: i32,
  rows: usize,
  height: i32,
  rowSpan: i32,
  columns: usize,
  width: i32,
  columnSpan: i32,
  line: usize,
  out: usize,
): void {
  const rowRecord = (<usize>rowSpan + 1) << 3;
  const columnRecord = (<usize>columnSpan + 1) << 3;
  const rowsEnd = rows + <usize>height * rowRecord;
  const columnsEnd = columns + <usize>width * columnRecord;
  const lineBytes = (<usize>gridWidth) << 3;
  for (let row = rows; row < rowsEnd; row += rowRecord) {
    const count = load<i32>(row, 4);
    if (count == 0) {
      for (let i = 0; i < width; i++, out += 4) store<f32>(out, f32.NaN);
      continue;
    }
    memory.fill(line, 0, lineBytes);
    let from = map + ((<usize>load<i32>(row) * gridWidth) << 2);
    for (let tap = 0; tap < count; tap++) {
      const weight = v128.load64_splat(row + 8 + ((<usize>tap) << 3));
      for (let at: usize = 0; at < lineBytes; at += 16) {
        const values = pairOf(from + (at >> 1));
        v128.store(line + at, f64x2.add(v128.load(line + at), f64x2.mul(weight, values)));
      }
      from += (<usize>gridWidth) << 2;
    }
    for (let column = columns; column < columnsEnd; column += columnRecord, out += 4) {
      const taps = load<i32>(column, 4);
      if (taps == 0) {
        store<f32>(out, f32.NaN);
        continue;
      }
      let cell = line + ((<usize>load<i32>(column)) << 3);
      let sum: f64 = 0;
      const end = column + 8 + ((<usize>taps) << 3);
      for (let tap = column + 8; tap < end; tap += 8, cell += 8)
        sum += load<f64>(tap) * load<f64>(cell);
      store<f32>(out, <f32>sum);
    }
  }
}

/**
 * out = floor(map * unit + 0.5) as int16, for values clamped to [0, 1]; -1 for what is not finite. Padded to a multiple of four cells.
 */
export function levels(map: usize, unit: f64, out: usize, cells: i32): void {
  const end = map + ((<usize>cells) << 2);
  const units = f64x2.splat(unit);
  const half = f64x2.splat(0.5);
  const finite = i32x4.splat(0x7f800000);
  for (; map < end; map += 16, out += 8) {
    const values = v128.load(map);
    const clamped = f32x4.pmin(f32x4.pmax(values, f32x4.splat(0)), f32x4.splat(1));
        const whole = v128.shuffle<u64>(
      i32x4.trunc_sat_f64x2_u_zero(f64x2.add(f64x2.mul(low(clamped), units), half)),
      i32x4.trunc_sat_f64x2_u_zero(f64x2.add(f64x2.mul(high(clamped), units), half)),
      0,
      2,
    );
    const missing = i32x4.ge_u(v128.and(values, i32x4.splat(0x7fffffff)), finite);
    const all = v128.or(whole, missing);
    v128.store64_lane(out, i16x8.narrow_i32x4_s(all, all), 0);
  }
}
