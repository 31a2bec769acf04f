/** The terminal that commands write to: how wide it is, whether it has colours, and how much a person wants to read. */
import { inspect } from 'node:util';

/** How much is said beside the result. */
export interface Manner {
  /** Nothing but results and failures. */
  readonly quiet: boolean;
  /** Everything that is known. */
  readonly verbose: boolean;
}

let chosen: Manner = { quiet: false, verbose: false };

/** What the command line asked for; `main` sets it before a command runs. */
export const manner = (): Manner => chosen;

/** Sets how much is said from now on. */
export function setManner(wanted: Manner): void {
  chosen = wanted;
}

/** Where nobody says how wide the terminal is: in a pipe or a file. */
const USUAL_WIDTH = 80;
/** Narrower ones are taken for this. */
const LEAST_WIDTH = 20;

/** Characters of a line: the terminal's, else those of the environment variable COLUMNS, else 80. */
export function terminalWidth({ isTTY, columns }: Pick<NodeJS.WriteStream, 'isTTY' | 'columns'> = process.stdout): number {
  const width = isTTY && columns > 0 ? columns : Number(process.env['COLUMNS'] || USUAL_WIDTH);
  return Number.isInteger(width) && width > 0 ? Math.max(LEAST_WIDTH, width) : USUAL_WIDTH;
}

/**
 * Whether a stream gets colours, by https://no-color.org and https://force-color.org, as commander decides it for `--help`: NO_COLOR
 * and FORCE_COLOR=0 take them away, FORCE_COLOR gives them to a file, too; else a terminal has them unless it says it is dumb.
 */
export function hasColour({ isTTY }: Pick<NodeJS.WriteStream, 'isTTY'>, env: NodeJS.ProcessEnv = process.env): boolean {
  const forced = env['FORCE_COLOR'];
  if (env['NO_COLOR'] || forced === '0' || forced === 'false') return false;
  return forced !== undefined || (isTTY && env['TERM'] !== 'dumb');
}

/** Names of `util.inspect.colors`. */
export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

/** The text in a style, where the stream has colours. */
export function styled(style: Style, text: string, stream: NodeJS.WriteStream = process.stdout): string {
  const [on, off] = inspect.colors[style] ?? [0, 0];
  return hasColour(stream) ? `\u001b[${on}m${text}\u001b[${off}m` : text;
}
