/** Returns a reason that many samples share: without the sample's key, or its last part, and without its size. */
export function reasonWithoutName(reason: string, key: string): string {
  const name = key.slice(key.lastIndexOf('/') + 1);
  const nameless = replaceWhole(replaceWhole(reason, key), name);
  return nameless.replace(/^\d+ x \d+ = \d+ pixels is (over the limit of \d+)$/, 'it is $1 pixels');
}

/** Replaces a name where it stands alone: the name `1` is not the 1 of `100 bytes`. */
function replaceWhole(text: string, name: string): string {
  const escaped = name.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  return text.replace(new RegExp(`(?<!\\w)${escaped}(?!\\w)`, 'gu'), 'the file');
}
