/** Numbers in sentences: counts, counts of something, times; and text within HTML. */

/** `1,234`; below 100 with up to one decimal. */
export function count(n: number): string {
  const decimals = Math.abs(n) < 100 && !Number.isInteger(n) ? 1 : 0;
  return n.toLocaleString('en-GB', { maximumFractionDigits: decimals });
}

/** `1 epoch`, `1,234 steps`. */
export const counted = (n: number, noun: string): string => `${count(n)} ${noun}${n === 1 ? '' : 's'}`;

/** Of a unit that is given for several, `steps`, the one that so many have: `step` of 1. */
export const unitOf = (n: number, units: string): string => (n === 1 ? units.replace(/s$/, '') : units);

/** `340 MB`, `6.5 GB`: with 1,024 of each in the next, as memory is counted. */
export function bytesText(bytes: number): string {
  const mb = bytes / 2 ** 20;
  return mb < 1000 ? `${count(Math.ceil(mb))} MB` : `${(mb / 1024).toFixed(1)} GB`;
}

/** `41 s`, `3 min 5 s`, `2 h 4 min`. */
export function duration(seconds: number): string {
  const s = Math.max(0, Math.round(seconds));
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min ${s % 60} s`;
  return `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`;
}

/** A time that is not known exactly: `a few seconds`, `40 seconds`, `19 minutes`, `2.5 hours`. */
export function aboutDuration(seconds: number): string {
  if (seconds < 10) return 'a few seconds';
  if (seconds < 55) return counted(Math.round(seconds / 5) * 5, 'second');
  if (seconds < 55 * 60) return counted(Math.max(1, Math.round(seconds / 60)), 'minute');
  const hours = seconds / 3600;
  return counted(hours < 10 ? Math.round(hours * 2) / 2 : Math.round(hours), 'hour');
}

const CONTROLS = /[\p{Cc}\u2028\u2029]/gu;

/** A name that somebody chose, in a line for a terminal or a log: line breaks and other control characters as JSON writes them, `\\n`, `\\u001b`. */
export function printable(name: string): string {
  return name.replace(CONTROLS, (c) => {
    const escaped = JSON.stringify(c).slice(1, -1);
    return escaped === c ? `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}` : escaped;
  });
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Text for use in HTML and SVG, between tags and in quoted attributes. */
export function escapeHtml(text: unknown): string {
  return String(text).replace(/[&<>"']/g, (c) => ENTITIES[c] as string);
}
