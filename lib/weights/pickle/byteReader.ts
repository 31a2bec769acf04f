/** Numbers and text from bytes, in order; whatever leaves them is refused before anything is allocated. */
import { refusePhrase } from '../../util/check';

/** A module's or a class's name; longer ones are none. */
const LONGEST_LINE = 1000;

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export class ByteReader {
  private readonly view: DataView;

  /** @param where the file's name, for errors @param at where it begins */
  constructor(
    private readonly all: Uint8Array,
    private readonly where: string,
    public at = 0,
  ) {
    this.view = new DataView(all.buffer, all.byteOffset, all.byteLength);
  }

  uint8(): number {
    return this.view.getUint8(this.take(1));
  }

  uint16(): number {
    return this.view.getUint16(this.take(2), true);
  }

  uint32(): number {
    return this.view.getUint32(this.take(4), true);
  }

  int32(): number {
    return this.view.getInt32(this.take(4), true);
  }

  bigEndianDouble(): number {
    return this.view.getFloat64(this.take(8));
  }

  /** A length of eight bytes. */
  length64(): number {
    return Number(this.view.getBigUint64(this.take(8), true));
  }

  /** A view on the bytes. */
  bytes(length: number): Uint8Array {
    const at = this.take(length);
    return this.all.subarray(at, at + length);
  }

  /** Passes over bytes. */
  pass(length: number): null {
    this.take(length);
    return null;
  }

  text(length: number): string {
    const bytes = this.bytes(length);
    try {
      return UTF8.decode(bytes);
    } catch {
      throw refusePhrase(this.where, 'text in UTF-8', 'bytes that are no UTF-8');
    }
  }

  latin1(length: number): string {
    return Buffer.from(this.bytes(length)).toString('latin1');
  }

  /** Text up to the end of its line. */
  line(): string {
    const end = this.all.subarray(this.at, this.at + LONGEST_LINE).indexOf(0x0a);
    if (end < 0) throw refusePhrase(this.where, 'a name on a line of its own', 'none');
    const text = this.text(end);
    this.at++;
    return text;
  }

  private take(length: number): number {
    const { at } = this;
    if (length > this.all.length - at) {
      throw refusePhrase(this.where, `${length} more bytes`, `${this.all.length - at}, after which they end`);
    }
    this.at = at + length;
    return at;
  }
}
