/**
 * TeX formulas as MathML, which browsers draw themselves: what prose about losses needs (letters, indices, fractions, roots,
 * accents, sums, norms, fonts of letters), and no more. A formula with anything else is shown as it was written.
 */
import { escapeHtml } from '../display/display';
import { ACCENTS, ALPHABETS, ELSEWHERE, FONTS, FUNCTIONS, LETTERS, OPERATORS, SPACES } from './mathSymbols';

/** Words in a font are one token, for the spaces in them; then commands, numbers and single characters. */
const TOKEN = /\\(?:text|textbf|textit|mathrm|operatorname)\{[^{}]*\}|\\[A-Za-z]+|\\.|\d+(?:\.\d+)?|\S/gu;
const LONGEST = 1000;

/** What is still to be read. */
interface Reader {
  readonly tokens: readonly string[];
  at: number;
}

class Unknown extends Error {}

/** @param block on a line of its own */
export function mathMl(tex: string, block: boolean): string {
  const reader: Reader = { tokens: tex.match(TOKEN) ?? [], at: 0 };
  try {
    if (reader.tokens.length > LONGEST) throw new Unknown();
    const body = row(reader, undefined);
    return `<math${block ? ' display="block"' : ''}><mrow>${body}</mrow></math>`;
  } catch (error) {
    if (!(error instanceof Unknown)) throw error;
    return `<code class="tex">${escapeHtml(tex)}</code>`;
  }
}

/** Everything up to `end`, which is read as well. */
function row(reader: Reader, end: string | undefined): string {
  let all = '';
  for (;;) {
    const token = reader.tokens[reader.at];
    if (token === end) {
      reader.at++;
      return all;
    }
    if (token === undefined || token === '}') throw new Unknown();
    all += scripted(reader);
  }
}

/** An atom with its index and exponent. */
function scripted(reader: Reader): string {
  const base = atom(reader);
  let [below, above] = ['', ''];
  for (let mark = reader.tokens[reader.at]; mark === '_' || mark === '^' || mark === "'"; mark = reader.tokens[reader.at]) {
    reader.at++;
    if (mark === '_') below = atom(reader);
    else above += mark === "'" ? '<mo>′</mo>' : atom(reader);
  }
  const limits = base.includes('∑') || base.includes('∏');
  if (below && above) return wrap(limits ? 'munderover' : 'msubsup', base, below, `<mrow>${above}</mrow>`);
  if (below) return wrap(limits ? 'munder' : 'msub', base, below);
  return above ? wrap('msup', base, `<mrow>${above}</mrow>`) : base;
}

const wrap = (tag: string, ...parts: string[]): string => `<${tag}>${parts.join('')}</${tag}>`;

function atom(reader: Reader): string {
  const token = reader.tokens[reader.at++];
  if (token === undefined) throw new Unknown();
  if (token === '{') return wrap('mrow', row(reader, '}'));
  if (token.startsWith('\\')) return command(token.slice(1), reader);
  if (/^\d/.test(token)) return wrap('mn', token);
  if (/^\p{L}$/u.test(token)) return wrap('mi', token);
  if (/[_^&}\\]/.test(token)) throw new Unknown();
  return wrap('mo', escapeHtml(token === '-' ? '−' : token === '*' ? '∗' : token));
}

function command(name: string, reader: Reader): string {
  const [, font, text] = /^(\w+)\{(.*)\}$/s.exec(name) ?? [];
  if (font !== undefined && text !== undefined) return inFont(font, text);
  if (Object.hasOwn(LETTERS, name)) return wrap('mi', LETTERS[name] as string);
  if (Object.hasOwn(OPERATORS, name)) return wrap('mo', escapeHtml(OPERATORS[name]));
  if (Object.hasOwn(SPACES, name)) return `<mspace width="${SPACES[name]}"></mspace>`;
  if (FUNCTIONS.has(name)) return wrap('mi', name);
  if (name === 'frac') return wrap('mfrac', atom(reader), atom(reader));
  if (name === 'sqrt') return wrap('msqrt', atom(reader));
  if (name === 'left' || name === 'right' || name.startsWith('big') || name.startsWith('Big')) {
    return reader.tokens[reader.at] === '.' ? skip(reader) : atom(reader);
  }
  if (Object.hasOwn(ACCENTS, name)) return wrap('mover', atom(reader), wrap('mo', ACCENTS[name] as string));
  if (FONTS.has(name)) return inFont(name, argument(reader));
  throw new Unknown();
}

function skip(reader: Reader): string {
  reader.at++;
  return '';
}

/** The letters in the braces after a font command, or the one after it. */
function argument(reader: Reader): string {
  const open = reader.tokens[reader.at++];
  if (open !== '{') return open ?? '';
  const end = reader.tokens.indexOf('}', reader.at);
  if (end < 0) throw new Unknown();
  const inside = reader.tokens.slice(reader.at, end);
  if (inside.some((token) => /^[\\{^_]/.test(token))) throw new Unknown();
  reader.at = end + 1;
  return inside.join('');
}

function inFont(font: string, text: string): string {
  const first = ALPHABETS[font];
  if (first !== undefined) return wrap('mi', Array.from(text, (letter) => inAlphabet(font, first, letter)).join(''));
  if (font === 'mathbf' || font === 'boldsymbol' || font === 'textbf')
    return `<mi style="font-weight:bold">${escapeHtml(text)}</mi>`;
  return font === 'mathit' || font === 'textit'
    ? wrap('mi', escapeHtml(text))
    : `<mi mathvariant="normal">${escapeHtml(text)}</mi>`;
}

function inAlphabet(font: string, first: number, letter: string): string {
  const special = ELSEWHERE[`${font} ${letter}`];
  if (special) return special;
  return /^[A-Z]$/.test(letter) ? String.fromCodePoint(first + letter.charCodeAt(0) - 65) : escapeHtml(letter);
}
