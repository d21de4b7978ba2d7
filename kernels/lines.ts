/*
 * Lines of text. Addresses and lengths are in bytes.
 */

/**
 * Writes `{"key":"...","sizeBytes":1,"etag":"..."}` and a line feed for each of `count` samples, as JSON.stringify does. `texts` has key and etag of each in UTF-8, each ended by a line feed, and is readable 15
 * bytes beyond its `length`; `sizes` are float64, whole numbers from 0 on. Returns the bytes at `out`, of which up to 15 more are overwritten. 0 for texts that are left to JSON.stringify: with
 * control characters, a line feed too, or U+FFFD, which may stand for half a surrogate pair.
 */
export function sampleLines(texts: usize, length: i32, sizes: usize, count: i32, out: usize): i32 {
  const end = texts + length;
  let to = out;
  for (let text = 0; text < 2 * count; text++) {
    if (!(text & 1)) {
      store<u64>(to, 0x223a2279656b227b); // {"key":"
      to += 8;
    }
    for (;;) {
      const bytes = v128.load(texts);
      v128.store(to, bytes);
      const plain = ctz(i8x16.bitmask(oddOf(bytes)) | 0x10000);
      texts += plain;
      to += plain;
      if (plain == 16) continue;
      const byte = load<u8>(texts++);
      if (byte == 10) break;
      if (byte == 0xef && load<u16>(texts) != 0xbdbf) {
        store<u8>(to++, byte);
        continue;
      }
      if (byte != 34 && byte != 92) return 0;
      store<u16>(to, (<u16>byte << 8) | 92);
      to += 2;
    }
    if (text & 1) {
      store<u32>(to, 0x0a7d22); // "} and the line feed
      to += 3;
    } else {
      store<u64>(to, 0x42657a6973222c22); // ","sizeBytes":
      store<u64>(to, 0x3a2273657479, 8);
      to = writeWhole(<u64>load<f64>(sizes), to + 14);
      sizes += 8;
      store<u64>(to, 0x3a2267617465222c); // ,"etag":"
      store<u8>(to, 34, 8);
      to += 9;
    }
  }
  return texts == end ? <i32>(to - out) : 0;
}

/** Which bytes are not simply copied: control characters, quotes, backslashes, and the first byte of U+F000 to U+FFFF. */
@inline
function oddOf(bytes: v128): v128 {
  const controls = i8x16.lt_u(bytes, i8x16.splat(32));
  const quotes = i8x16.eq(bytes, i8x16.splat(34));
  const backslashes = i8x16.eq(bytes, i8x16.splat(92));
  const last = i8x16.eq(bytes, i8x16.splat(<i8>0xef));
  return v128.or(v128.or(controls, quotes), v128.or(backslashes, last));
}

/** In decimal digits. Returns where they end. Division by a constant is a product for 32 bits alone. */
@inline
function writeWhole(value: u64, to: usize): usize {
  let digits: usize = 1;
  for (let more: u64 = 10; more <= value; more *= 10) digits++;
  let at = to + digits;
  for (; value > <u64>u32.MAX_VALUE; value /= 10) store<u8>(--at, 48 + <u8>(value % 10));
  let rest = <u32>value;
  for (; at > to; rest /= 10) store<u8>(--at, 48 + <u8>(rest % 10));
  return to + digits;
}
