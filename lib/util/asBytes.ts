/** The bytes of an array of numbers, as they lie in memory: little-endian, as every processor is that runs Node. Nothing is copied. */
export const asBytes = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);
