/** A value of Thrift's compact protocol, in which Parquet writes footers and page headers. Integers of 64 bits are exact up to 2^53. */
export type ThriftValue = number | boolean | Uint8Array | readonly ThriftValue[] | ThriftStruct;

/** By field id. */
export class ThriftStruct {
  readonly #fields: (ThriftValue | undefined)[] = [];

  set(id: number, value: ThriftValue): void {
    this.#fields[id] = value;
  }

  /** @throws RangeError when it is something else */
  number(id: number): number | undefined {
    const value = this.#fields[id];
    if (value === undefined || typeof value === 'number') return value;
    throw new RangeError(`field ${id} has another type`);
  }

  /** @throws RangeError when it is absent or something else */
  needed(id: number): number {
    const value = this.number(id);
    if (value === undefined) throw new RangeError(`field ${id} is missing`);
    return value;
  }

  flag(id: number): boolean | undefined {
    const value = this.#fields[id];
    return typeof value === 'boolean' ? value : undefined;
  }

  bytes(id: number): Uint8Array | undefined {
    const value = this.#fields[id];
    return value instanceof Uint8Array ? value : undefined;
  }

  struct(id: number): ThriftStruct | undefined {
    const value = this.#fields[id];
    return value instanceof ThriftStruct ? value : undefined;
  }

  /** Empty when it is absent. */
  list(id: number): readonly ThriftValue[] {
    const value = this.#fields[id];
    return Array.isArray(value) ? value : [];
  }
}

/** Types of the protocol. */
const types = { true: 1, false: 2, byte: 3, i16: 4, i64: 6, double: 7, binary: 8, list: 9 };
const structType = 12;

/** Reads the compact protocol from memory. Throws `RangeError` at the end of the bytes and for what it does not know. */
export class ThriftReader {
  offset: number;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array, offset = 0) {
    this.#bytes = bytes;
    this.offset = offset;
  }

  struct(): ThriftStruct {
    const struct = new ThriftStruct();
    for (let id = 0; ; ) {
      const head = this.byte();
      if (head === 0) return struct;
      id = this.nextField(id, head);
      struct.set(id, this.value(head & 15));
    }
  }

  /** The id of the field that `head` begins, `before` being that of the one before it. */
  nextField(before: number, head: number): number {
    return head >> 4 === 0 ? this.#integer() : before + (head >> 4);
  }

  value(type: number): ThriftValue {
    if (type === types.true) return true;
    if (type === types.false) return false;
    if (type === types.byte) return this.byte();
    if (type >= types.i16 && type <= types.i64) return this.#integer();
    if (type === types.double) return this.#double();
    if (type === types.binary) return this.#binary();
    if (type === types.list) return this.#list();
    if (type === structType) return this.struct();
    throw new RangeError(`no type ${type} in Thrift's compact protocol`);
  }

  byte(): number {
    const byte = this.#bytes[this.offset++];
    if (byte === undefined) throw new RangeError('the bytes end within a Thrift structure');
    return byte;
  }

  #list(): ThriftValue[] {
    const head = this.byte();
    const type = head & 15;
    const length = head >> 4 === 15 ? this.#varint() : head >> 4;
    if (length > this.#bytes.length) throw new RangeError(`a list of ${length} is too long`);
    const isFlags = type === types.true || type === types.false;
    const values: ThriftValue[] = [];
    for (let i = 0; i < length; i++) {
      values.push(isFlags ? this.byte() === types.true : this.value(type));
    }
    return values;
  }

  #binary(): Uint8Array {
    const end = this.#varint() + this.offset;
    if (end > this.#bytes.length) throw new RangeError('the bytes end within a Thrift structure');
    const bytes = this.#bytes.subarray(this.offset, end);
    this.offset = end;
    return bytes;
  }

  #double(): number {
    const { buffer, byteOffset } = this.#bytes;
    const value = new DataView(buffer, byteOffset).getFloat64(this.offset, true);
    this.offset += 8;
    return value;
  }

  /** Zigzag: 0, -1, 1, -2 ... */
  #integer(): number {
    const value = this.#varint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  #varint(): number {
    let byte = this.byte();
    let value = byte & 127;
    for (let unit = 128; byte > 127; unit *= 128) {
      byte = this.byte();
      value += (byte & 127) * unit;
    }
    return value;
  }
}
