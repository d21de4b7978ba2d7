/**
 * Caches the last `limit` results of a pure function by key, evicting the least recently used. Callers share a
 * result, so nobody may change it.
 */
export function rememberedByKey<Arguments extends readonly unknown[], Value>(
  limit: number,
  keyOf: (...args: Arguments) => string,
  make: (...args: Arguments) => Value,
): (...args: Arguments) => Value {
  const kept = new Map<string, Value>();
  return (...args) => {
    const key = keyOf(...args);
    const value = kept.get(key) ?? make(...args);
    kept.delete(key);
    kept.set(key, value);
    if (kept.size > limit) {
      for (const oldest of kept.keys()) {
        kept.delete(oldest);
        break;
      }
    }
    return value;
  };
}

/** Caches a pure function of an immutable object, once for each live object. */
export function rememberedByObject<From extends object, Value>(
  make: (from: From) => Value,
): (from: From) => Value {
  const kept = new WeakMap<From, Value>();
  return (from) => {
    const known = kept.get(from);
    if (known !== undefined) return known;
    const value = make(from);
    kept.set(from, value);
    return value;
  };
}

/** Caches a pure function of a name, once for each. For few names only: none is evicted. */
export function rememberedByName<Value extends string | boolean | object>(
  make: (name: string) => Value,
): (name: string) => Value {
  const kept = new Map<string, Value>();
  return (name) => {
    const known = kept.get(name);
    if (known !== undefined) return known;
    const value = make(name);
    kept.set(name, value);
    return value;
  };
}
