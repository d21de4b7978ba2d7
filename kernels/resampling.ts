/*
 * Ratios of sums over groups that were drawn with replacement, eight draws at a time and each in a lane of its own: every draw adds its groups in their order, as a
 * loop over one draw would.
 */

/** Counts of draws [at, at + 2) of the eight whose counts are four int32 twice. */
@inline
function pair(counts: v128): v128 {
  return f64x2.convert_low_i32x4_u(counts);
}

@inline
function upper(counts: v128): v128 {
  return v128.shuffle<u32>(counts, counts, 2, 3, 2, 3);
}

/**
 * Distance of each draw from the ratio in its own linearized standard errors, float64, to `out`; 0 for a draw that says nothing. `residuals` and `weights`: float64 for
 * each group. `draws`: how often each group was drawn, uint8, [blocks, groups, 8 draws].
 */
export function studentize(
  residuals: usize,
  weights: usize,
  groups: i32,
  draws: usize,
  blocks: i32,
  out: usize,
): void {
  const zero = f64x2.splat(0);
  const bytes = <usize>groups << 3;
  for (let block = 0; block < blocks; block++, draws += bytes, out += 64) {
    let r0 = zero, r1 = zero, r2 = zero, r3 = zero;
    let t0 = zero, t1 = zero, t2 = zero, t3 = zero;
    for (let at: usize = 0; at < bytes; at += 8) {
      const shorts = i16x8.extend_low_i8x16_u(v128.load64_zero(draws + at));
      const first = i32x4.extend_low_i16x8_u(shorts);
      const second = i32x4.extend_high_i16x8_u(shorts);
      const residual = v128.load64_splat(residuals + at);
      const weight = v128.load64_splat(weights + at);
      const d0 = pair(first), d1 = pair(upper(first));
      const d2 = pair(second), d3 = pair(upper(second));
      r0 = f64x2.add(r0, f64x2.mul(d0, residual));
      r1 = f64x2.add(r1, f64x2.mul(d1, residual));
      r2 = f64x2.add(r2, f64x2.mul(d2, residual));
      r3 = f64x2.add(r3, f64x2.mul(d3, residual));
      t0 = f64x2.add(t0, f64x2.mul(d0, weight));
      t1 = f64x2.add(t1, f64x2.mul(d1, weight));
      t2 = f64x2.add(t2, f64x2.mul(d2, weight));
      t3 = f64x2.add(t3, f64x2.mul(d3, weight));
    }
    r0 = f64x2.div(r0, t0);
    r1 = f64x2.div(r1, t1);
    r2 = f64x2.div(r2, t2);
    r3 = f64x2.div(r3, t3);
    let s0 = zero, s1 = zero, s2 = zero, s3 = zero;
    for (let at: usize = 0; at < bytes; at += 8) {
      const shorts = i16x8.extend_low_i8x16_u(v128.load64_zero(draws + at));
      const first = i32x4.extend_low_i16x8_u(shorts);
      const second = i32x4.extend_high_i16x8_u(shorts);
      const residual = v128.load64_splat(residuals + at);
      const weight = v128.load64_splat(weights + at);
      const c0 = f64x2.sub(residual, f64x2.mul(r0, weight));
      const c1 = f64x2.sub(residual, f64x2.mul(r1, weight));
      const c2 = f64x2.sub(residual, f64x2.mul(r2, weight));
      const c3 = f64x2.sub(residual, f64x2.mul(r3, weight));
      s0 = f64x2.add(s0, f64x2.mul(f64x2.mul(pair(first), c0), c0));
      s1 = f64x2.add(s1, f64x2.mul(f64x2.mul(pair(upper(first)), c1), c1));
      s2 = f64x2.add(s2, f64x2.mul(f64x2.mul(pair(second), c2), c2));
      s3 = f64x2.add(s3, f64x2.mul(f64x2.mul(pair(upper(second)), c3), c3));
    }
    v128.store(out, distance(r0, s0, t0, groups));
    v128.store(out, distance(r1, s1, t1, groups), 16);
    v128.store(out, distance(r2, s2, t2, groups), 32);
    v128.store(out, distance(r3, s3, t3, groups), 48);
  }
}

@inline
function distance(shift: v128, squares: v128, total: v128, groups: i32): v128 {
  const all = f64x2.splat(<f64>groups);
  const variance = f64x2.div(f64x2.mul(squares, all), f64x2.splat(<f64>(groups - 1)));
  const error = f64x2.div(f64x2.sqrt(variance), total);
  const says = v128.and(f64x2.gt(total, f64x2.splat(0)), f64x2.gt(error, f64x2.splat(1e-12)));
  return v128.and(f64x2.div(shift, error), says);
}

/**
 * As `studentize`, of the sum of two ratios over the same groups: `distance` and error of both together. Draws for which one of them has no denominator say nothing.
 * Four draws at a time: of eight, the sums of both ratios do not fit the registers.
 */
export function studentizePair(
  residuals: usize,
  weights: usize,
  otherResiduals: usize,
  otherWeights: usize,
  groups: i32,
  draws: usize,
  blocks: i32,
  out: usize,
): void {
  const bytes = <usize>groups << 3;
  for (let block = 0; block < blocks; block++, draws += bytes, out += 64) {
    for (let half: usize = 0; half < 2; half++) {
      studentizeFour(residuals, weights, otherResiduals, otherWeights, bytes, draws + (half << 2), out + (half << 5));
    }
  }
}

/** Four of the eight draws of a block. */
@inline
function studentizeFour(
  residuals: usize,
  weights: usize,
  otherResiduals: usize,
  otherWeights: usize,
  bytes: usize,
  draws: usize,
  out: usize,
): void {
  const zero = f64x2.splat(0);
  const one = f64x2.splat(1);
  let r0 = zero, r1 = zero, t0 = zero, t1 = zero;
  let q0 = zero, q1 = zero, u0 = zero, u1 = zero;
  for (let at: usize = 0; at < bytes; at += 8) {
    const counts = i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(draws + at)));
    const d0 = pair(counts), d1 = pair(upper(counts));
    const residual = v128.load64_splat(residuals + at);
    const weight = v128.load64_splat(weights + at);
    const otherResidual = v128.load64_splat(otherResiduals + at);
    const otherWeight = v128.load64_splat(otherWeights + at);
    r0 = f64x2.add(r0, f64x2.mul(d0, residual));
    r1 = f64x2.add(r1, f64x2.mul(d1, residual));
    t0 = f64x2.add(t0, f64x2.mul(d0, weight));
    t1 = f64x2.add(t1, f64x2.mul(d1, weight));
    q0 = f64x2.add(q0, f64x2.mul(d0, otherResidual));
    q1 = f64x2.add(q1, f64x2.mul(d1, otherResidual));
    u0 = f64x2.add(u0, f64x2.mul(d0, otherWeight));
    u1 = f64x2.add(u1, f64x2.mul(d1, otherWeight));
  }
  r0 = f64x2.div(r0, t0);
  r1 = f64x2.div(r1, t1);
  q0 = f64x2.div(q0, u0);
  q1 = f64x2.div(q1, u1);
  const a0 = f64x2.div(one, t0), a1 = f64x2.div(one, t1);
  const b0 = f64x2.div(one, u0), b1 = f64x2.div(one, u1);
  let s0 = zero, s1 = zero;
  for (let at: usize = 0; at < bytes; at += 8) {
    const counts = i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(draws + at)));
    const residual = v128.load64_splat(residuals + at);
    const weight = v128.load64_splat(weights + at);
    const otherResidual = v128.load64_splat(otherResiduals + at);
    const otherWeight = v128.load64_splat(otherWeights + at);
    const c0 = f64x2.mul(f64x2.sub(residual, f64x2.mul(r0, weight)), a0);
    const c1 = f64x2.mul(f64x2.sub(residual, f64x2.mul(r1, weight)), a1);
    const i0 = f64x2.add(c0, f64x2.mul(f64x2.sub(otherResidual, f64x2.mul(q0, otherWeight)), b0));
    const i1 = f64x2.add(c1, f64x2.mul(f64x2.sub(otherResidual, f64x2.mul(q1, otherWeight)), b1));
    s0 = f64x2.add(s0, f64x2.mul(f64x2.mul(pair(counts), i0), i0));
    s1 = f64x2.add(s1, f64x2.mul(f64x2.mul(pair(upper(counts)), i1), i1));
  }
  const groups = <i32>(bytes >> 3);
  v128.store(out, ofBoth(f64x2.add(r0, q0), s0, t0, u0, groups));
  v128.store(out, ofBoth(f64x2.add(r1, q1), s1, t1, u1, groups), 16);
}

@inline
function ofBoth(shift: v128, squares: v128, total: v128, otherTotal: v128, groups: i32): v128 {
  const zero = f64x2.splat(0);
  const areWhole = v128.and(f64x2.gt(total, zero), f64x2.gt(otherTotal, zero));
  // What each group adds was divided by the totals already.
  return v128.and(distance(shift, squares, f64x2.splat(1), groups), areWhole);
}
