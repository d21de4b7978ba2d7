/*
 * Loops over the pixels of masks: a byte each, 1 inside and 0 outside, row-major. Taps of an axis are records of 12 bytes, see `axisTaps`. Addresses are
 * in bytes. 16 bytes beyond the end of every array are readable.
 */

/** What is smaller may become 0 where it is weighted, and what is greater may be infinite. */
const least: f32 = 1e-30;
const greatest: f32 = 1e30;

/** Of the map's cells, at the corners of a piece of the frame. */
@inline
function isAbove(a: f32, b: f32, c: f32, d: f32): bool {
  const low = min(min(a, b), min(c, d));
  return low > least && max(max(a, b), max(c, d)) < greatest;
}

@inline
function isBelow(a: f32, b: f32, c: f32, d: f32): bool {
  return max(max(a, b), max(c, d)) <= 0;
}

@inline
function mixed(above: usize, below: usize, up: f32, down: f32): f32 {
  return load<f32>(above) * up + load<f32>(below) * down;
}

/**
 * Writes 1 where the map, sampled bilinearly as `sample` does, is above 0. Between four cells of one sign all is of that sign, so only pixels between cells of
 * both are sampled. `scratch` has room for 21 bytes a column and 16 more.
 */
export function sampleSigns(
  map: usize,
  width: i32,
  rows: usize,
  height: i32,
  columns: usize,
  newWidth: i32,
  scratch: usize,
  out: usize,
): void {
  const rowsEnd = rows + <usize>height * 12;
  const spansEnd = writeSpans(columns, newWidth, scratch);
  const unsure = scratch + ((<usize>newWidth) << 4);
  const line = unsure + ((<usize>newWidth) << 2);
  let row = rows;
  while (row < rowsEnd) {
    const cell = load<i32>(row);
    const above = map + (<usize>(cell * width) << 2);
    const below = map + (<usize>(load<i32>(row, 4) * width) << 2);
    const unsureEnd = writeLine(scratch, spansEnd, above, below, unsure, line);
    for (; row < rowsEnd && load<i32>(row) == cell; row += 12) {
      memory.copy(out, line, newWidth);
      const down = load<f32>(row, 8);
      const up: f32 = 1 - down;
      for (let at = unsure; at < unsureEnd; at += 4) {
        const span = <usize>load<u32>(at);
        const left = <usize>load<u32>(span);
        const right = <usize>load<u32>(span, 4);
        const first = mixed(above + left, below + left, up, down);
        const second = mixed(above + right, below + right, up, down);
        const end = load<i32>(span, 12);
        for (let pixel = load<i32>(span, 8); pixel < end; pixel++) {
          const share = load<f32>(columns + <usize>pixel * 12, 8);
          store<u8>(out + pixel, first * (1 - share) + second * share > 0 ? 1 : 0);
        }
      }
      out += newWidth;
    }
  }
}

/** For pixels between the same two cells: the offsets of these, the first pixel, and the one after the last; all i32. Returns the end of the list. */
function writeSpans(columns: usize, newWidth: i32, out: usize): usize {
  let last = -1;
  for (let pixel = 0; pixel < newWidth; pixel++, columns += 12) {
    const cell = load<i32>(columns);
    if (cell != last) {
      store<i32>(out, cell << 2);
      store<i32>(out, load<i32>(columns, 4) << 2, 4);
      store<i32>(out, pixel, 8);
      out += 16;
      last = cell;
    }
    store<i32>(out - 16, pixel + 1, 12);
  }
  return out;
}

/** Writes the line of pixels that all lines between two rows of cells have, and the addresses of the spans that differ; returns the end of these. */
function writeLine(spans: usize, spansEnd: usize, above: usize, below: usize, unsure: usize, line: usize): usize {
  let value: i32 = 0;
  let start = 0;
  for (let span = spans; span < spansEnd; span += 16) {
    const left = <usize>load<u32>(span);
    const right = <usize>load<u32>(span, 4);
    const a = load<f32>(above + left);
    const b = load<f32>(above + right);
    const c = load<f32>(below + left);
    const d = load<f32>(below + right);
    let own: i32 = 0;
    if (isAbove(a, b, c, d)) own = 1;
    else if (!isBelow(a, b, c, d)) {
      store<u32>(unsure, <u32>span);
      unsure += 4;
    }
    if (own == value) continue;
    const pixel = load<i32>(span, 8);
    memory.fill(line + start, <u8>value, pixel - start);
    value = own;
    start = pixel;
  }
  memory.fill(line + start, <u8>value, load<i32>(spansEnd - 16, 12) - start);
  return unsure;
}

/** out = 1 where the value, float32, is above 0. Writes up to 15 bytes more. */
export function signs(values: usize, out: usize, cells: i32): void {
  const nothing = f32x4.splat(0);
  const one = i8x16.splat(1);
  const end = out + cells;
  for (; out < end; out += 16, values += 64) {
    const low = i16x8.narrow_i32x4_s(f32x4.gt(v128.load(values), nothing), f32x4.gt(v128.load(values, 16), nothing));
    const high = i16x8.narrow_i32x4_s(f32x4.gt(v128.load(values, 32), nothing), f32x4.gt(v128.load(values, 48), nothing));
    v128.store(out, v128.and(i8x16.narrow_i16x8_s(low, high), one));
  }
}

/** Appends the columns in which lanes of 16 differ, and returns the end of the list. */
@inline
function writeChanges(changed: v128, column: i32, width: i32, out: usize): usize {
  if (!v128.any_true(changed)) return out;
  let lanes = i8x16.bitmask(i8x16.ne(changed, i8x16.splat(0)));
  const rest = width - column;
  if (rest < 16) lanes &= (1 << rest) - 1;
  for (; lanes != 0; lanes &= lanes - 1, out += 4) store<i32>(out, column + ctz(lanes));
  return out;
}

/**
 * For each row the columns whose pixel is not as its left neighbor, and the width where the last pixel is 1: where runs of ones begin and end, in turn. Writes
 * i32, and how many a row has to `counts`; returns how many there are.
 */
export function edgesAcross(bits: usize, width: i32, height: i32, counts: usize, out: usize): i32 {
  const start = out;
  for (let row = 0; row < height; row++, bits += width, counts += 4) {
    const rowStart = out;
    let previous = i8x16.splat(0);
    for (let column = 0; column < width; column += 16) {
      const pixels = v128.load(bits + column);
      const left = v128.shuffle<u8>(previous, pixels, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30);
      out = writeChanges(v128.xor(pixels, left), column, width, out);
      previous = pixels;
    }
    if (((out - rowStart) & 4) != 0) {
      store<i32>(out, width);
      out += 4;
    }
    store<i32>(counts, <i32>((out - rowStart) >> 2));
  }
  return <i32>((out - start) >> 2);
}

/** For each row the columns whose pixel is not as the one above it. The row before the first is read too. */
export function edgesDown(bits: usize, width: i32, height: i32, counts: usize, out: usize): i32 {
  const start = out;
  for (let row = 0; row < height; row++, bits += width, counts += 4) {
    const rowStart = out;
    for (let column = 0; column < width; column += 16) {
      const at = bits + column;
      out = writeChanges(v128.xor(v128.load(at), v128.load(at - width)), column, width, out);
    }
    store<i32>(counts, <i32>((out - rowStart) >> 2));
  }
  return <i32>((out - start) >> 2);
}
