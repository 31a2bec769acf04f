/** Declarations of what every cell finds without an import. `require`, `__dirname` and `__filename` are in Node's own types. */
export const AMBIENT = `
interface DisplayOptions {
  /** More of Jupyter's metadata for this output. */
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** Names the output, so that a later call with \`update\` replaces it in place. */
  readonly id?: string;
  readonly update?: boolean;
  /** Show \`value\` as it is: a bundle from media types to data. */
  readonly raw?: boolean;
}
/** Something that was shown. */
interface DisplayHandle {
  readonly id: string;
  /** Shows another value in its place. */
  update(value: unknown, options?: DisplayOptions): void;
}
/** Shows a value below the cell: HTML, pictures, figures and tables as what they are, all else as text. */
declare function display(value: unknown, options?: DisplayOptions): DisplayHandle;
/** Removes what the cell has shown. @param wait only when the next output comes */
declare function clearOutput(wait?: boolean): void;
/** Asks the reader for a line; null where there is none. */
declare function prompt(message?: string, defaultValue?: string): string | null;
/** Asks the reader for yes or no. */
declare function confirm(message?: string): boolean;
/** Shows a message and waits for the reader. */
declare function alert(message?: string): void;
`;
