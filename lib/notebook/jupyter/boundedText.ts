/**
 * The text of a stream that may be longer than anybody reads or a notebook can hold. Up to 2 · 262,144 characters are kept whole; of more,
 * the lines of the first 262,144 and of the last 262,144, and between them how many were left out. What is kept depends on the text alone,
 * not on the pieces that it came in.
 */
import { count } from '../../util/text';

/** Characters (UTF-16 units) that are kept at either end. */
const END = 2 ** 18;

export interface BoundedText {
  add(text: string): void;
  text(): string;
}

export function boundedText(): BoundedText {
  let head = ''; // whole until it is longer than both ends
  let tail = '';
  let cut = false;
  let [lines, characters] = [0, 0]; // left out before the tail

  function add(text: string): void {
    if (cut) tail += text;
    else head += text;
    if (!cut && head.length > 2 * END) {
      const at = lineEnd(head.slice(0, END), END);
      [head, tail, cut] = [head.slice(0, at), head.slice(at), true];
    }
    if (tail.length > 4 * END) forget(tail.length - 2 * END);
  }
  function forget(most: number): void {
    lines += linesIn(tail.slice(0, most));
    characters += most;
    tail = tail.slice(most);
  }
  function text(): string {
    if (!cut) return head;
    const from = tail.length - END;
    const begin = tail.indexOf('\n', from - 1) + 1 || from;
    const left = `${count(lines + linesIn(tail.slice(0, begin)))} lines, ${count(characters + begin)} characters`;
    return `${head}${head.endsWith('\n') ? '' : '\n'}… left out: ${left} …\n${tail.slice(begin)}`;
  }
  return { add, text };
}

const lineEnd = (text: string, otherwise: number): number => text.lastIndexOf('\n') + 1 || otherwise;

function linesIn(text: string): number {
  let lines = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines++;
  return lines;
}
