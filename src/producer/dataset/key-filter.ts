import picomatch from 'picomatch';

export interface KeyFilter {
  /** A key must match one of these; every key does when there are none. */
  readonly include?: readonly string[];
  /** A key must match none of these. */
  readonly exclude?: readonly string[];
}

/**
 * Whether a key passes. A pattern without a slash is matched against the file's name, any other against the whole key;
 * `folder/` means everything below it.
 */
export function createKeyFilter({ include, exclude }: KeyFilter): (key: string) => boolean {
  const included = include?.length ? include.map(matcher) : [() => true];
  const excluded = (exclude ?? []).map(matcher);
  return (key) => included.some((test) => test(key)) && !excluded.some((test) => test(key));
}

function matcher(pattern: string): (key: string) => boolean {
  const whole = pattern.replace(/^\.\//, '').replace(/\/$/, '/**');
  return picomatch(whole, { dot: true, basename: !whole.includes('/') });
}
