/** Numbers in sentences: counts, counts of something, times. */

/** `1,234`; below 100 with up to one decimal. */
export function count(n: number): string {
  const decimals = Math.abs(n) < 100 && !Number.isInteger(n) ? 1 : 0;
  return n.toLocaleString('en-GB', { maximumFractionDigits: decimals });
}

/** `1 epoch`, `1,234 steps`. */
export const counted = (n: number, noun: string): string => `${count(n)} ${noun}${n === 1 ? '' : 's'}`;

/** `41 s`, `3 min 5 s`, `2 h 4 min`. */
export function duration(seconds: number): string {
  const s = Math.max(0, Math.round(seconds));
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min ${s % 60} s`;
  return `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`;
}
