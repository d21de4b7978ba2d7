/**
 * Orders strings by their UTF-8 bytes, as S3 lists keys and `Buffer.compare` would, without encoding them. JavaScript's own order is by UTF-16 unit,
 * which differs for characters beyond U+FFFF: their surrogates (D800-DFFF) come before E000-FFFF, their UTF-8 bytes after.
 */
export function compareUtf8(a: string, b: string): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return rankOf(x) - rankOf(y);
  }
  return a.length - b.length;
}

/** Moves surrogates behind every other UTF-16 unit. */
function rankOf(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}
