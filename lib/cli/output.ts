/** What commands write: results to stdout, everything else to stderr, so that results can be piped. */

/** Writes a result: one value as JSON, or text. */
export function writeResult(result: { readonly json: unknown; readonly text: string }, asJson: boolean | undefined): void {
  process.stdout.write(asJson ? `${JSON.stringify(result.json, undefined, 2)}\n` : `${result.text}\n`);
}

/** Writes a line for a person watching. */
export function writeNote(line: string): void {
  process.stderr.write(`${line}\n`);
}
