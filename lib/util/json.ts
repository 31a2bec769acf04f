/**
 * JSON that somebody else has written, read in one way everywhere. A byte order mark is accepted. Refused, with line and column:
 * what is no JSON, keys that occur twice (of which `JSON.parse` keeps the last), the key `__proto__`, and nesting beyond 64 levels.
 */
import { describe, type InputError, refusePhrase } from './check';
import { readText } from './files';

/** Lists and objects within each other; no file of ours has more than a dozen. */
const LEVELS = 64;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Options of `readJson`. */
export interface JsonFileOptions {
  /** What the file is, for errors; default `a file that can be read`. */
  readonly expected?: string;
  /** Larger files are refused; default 64 MiB. */
  readonly maxBytes?: number;
}

/** Reads a JSON file. @throws InputError naming file, line and column, and what was expected there */
export function readJson(path: string, { expected, maxBytes = 64 * 2 ** 20 }: JsonFileOptions = {}): unknown {
  return parseJson(readText(path, expected, maxBytes), path);
}

/**
 * The value of a JSON text.
 * @param where the file's name, or what the text is, which starts every error
 * @throws InputError `where: line 3, column 7: expected …, received …`
 */
export function parseJson(text: string, where: string): unknown {
  const json = text.startsWith('\uFEFF') ? text.slice(1) : text;
  checkSyntax(json, where);
  return JSON.parse(json);
}

/** As `parseJson`, for a text that is a line of a file: errors give that line. */
export function parseJsonLine(text: string, where: string, line: number): unknown {
  const json = line === 1 && text.startsWith('\uFEFF') ? text.slice(1) : text;
  checkSyntax(json, where, line);
  return JSON.parse(json);
}

const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const WORD = /(?:true|false|null)(?![\w$])/y;
const REST_OF_WORD = /[\w$.+-]+/y;

function checkSyntax(text: string, where: string, firstLine = 1): void {
  new Walk(text, where, firstLine).whole();
}

/** Walks through a text once without keeping its values, so that an error has its place and words of our own, on any Node. */
class Walk {
  private at = 0;

  constructor(
    private readonly text: string,
    private readonly where: string,
    private readonly firstLine: number,
  ) {}

  whole(): void {
    this.space();
    this.value(0);
    this.space();
    if (this.at < this.text.length) throw this.fail('the end of the text');
  }

  private value(level: number): void {
    const c = this.text[this.at];
    if (c === '{' || c === '[') {
      if (level === LEVELS) throw this.refuse(`at most ${LEVELS} levels of lists and objects`, 'one more');
      this.at++;
      if (c === '{') this.entries(level + 1, new Map());
      else this.items(level + 1);
    } else if (c === '"' ? !this.string() : !(this.take(NUMBER) || this.take(WORD))) throw this.fail('a value');
  }

  /** False where no string begins here; one that is not ended, or has what no string may have, is an error. */
  private string(): boolean {
    const { text } = this;
    if (text[this.at] !== '"') return false;
    for (this.at++; this.at < text.length; this.at++) {
      const c = text.charCodeAt(this.at);
      if (c === QUOTE) return this.at++ > 0;
      if (c < 0x20) throw this.fail('" at the end of the string', 'a line break or another control character');
      if (c !== BACKSLASH) continue;
      if (!this.take(ESCAPE)) throw this.fail('an escape such as \\n or \\u00e9', describe(text.slice(this.at, this.at + 2)));
      this.at--;
    }
    throw this.fail('" at the end of the string');
  }

  private items(level: number): void {
    this.space();
    if (this.next(']')) return;
    do {
      this.space();
      this.value(level);
      this.space();
    } while (this.next(','));
    if (!this.next(']')) throw this.fail('a comma or ]');
  }

  private entries(level: number, keys: Map<string, number>): void {
    this.space();
    if (this.next('}')) return;
    do {
      this.space();
      this.key(keys);
      this.space();
      if (!this.next(':')) throw this.fail('a colon after the key');
      this.space();
      this.value(level);
      this.space();
    } while (this.next(','));
    if (!this.next('}')) throw this.fail('a comma or }');
  }

  private key(keys: Map<string, number>): void {
    const start = this.at;
    if (!this.string()) throw this.fail('a key in double quotes');
    const raw = this.text.slice(start + 1, this.at - 1);
    const name = raw.includes('\\') ? (JSON.parse(`"${raw}"`) as string) : raw;
    const before = keys.get(name);
    if (before === undefined && name !== '__proto__') return void keys.set(name, start);
    this.at = start;
    if (before === undefined) throw this.refuse('another key', '"__proto__"');
    throw this.refuse('every key once', `${describe(name)} again`, `it is at ${this.place(before)} already`);
  }

  private space(): void {
    for (let c = this.text.charCodeAt(this.at); c === 0x20 || c === 0x0a || c === 0x0d || c === 0x09; ) {
      c = this.text.charCodeAt(++this.at);
    }
  }

  private next(c: string): boolean {
    if (this.text[this.at] !== c) return false;
    this.at++;
    return true;
  }

  private take(form: RegExp): boolean {
    form.lastIndex = this.at;
    const found = form.test(this.text);
    if (found) this.at = form.lastIndex;
    return found;
  }

  private fail(expected: string, received = seen(this.text, this.at)): InputError {
    return this.refuse(`JSON, here ${expected}`, received);
  }

  private refuse(expected: string, received: string, hint?: string): InputError {
    return refusePhrase(`${this.where}: ${this.place(this.at)}`, expected, received, hint);
  }

  /** `line 3, column 7`, counted from 1. */
  private place(at: number): string {
    const before = this.text.slice(0, at).split('\n');
    return `line ${this.firstLine + before.length - 1}, column ${(before.at(-1)?.length ?? 0) + 1}`;
  }
}

/** What stands at a place, for an error. */
function seen(text: string, at: number): string {
  if (at >= text.length) return 'the end of the text';
  REST_OF_WORD.lastIndex = at;
  return describe(REST_OF_WORD.exec(text)?.[0].slice(0, 20) ?? String.fromCodePoint(text.codePointAt(at) ?? 0));
}
