/** What is used of @cornerstonejs/codec-libjpeg-turbo-8bit, which brings no declarations. */
declare module '@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs' {
  /** A decoder with memory of its own. What it cannot decode, it throws a number for. */
  export class JPEGDecoder {
    /** Room for a file's bytes. */
    getEncodedBuffer(length: number): Uint8Array;
    decode(): void;
    /** Pixels of the picture, until the next is decoded. */
    getDecodedBuffer(): Uint8ClampedArray;
    getFrameInfo(): { readonly width: number; readonly height: number; readonly componentCount: number };
  }
  /** Makes an instance of the compiled program. */
  const instantiate: (options?: {
    readonly printErr?: (text: string) => void;
  }) => Promise<{ readonly JPEGDecoder: typeof JPEGDecoder }>;
  export = instantiate;
}
