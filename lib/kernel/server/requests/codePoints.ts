/** Jupyter counts a cursor's place in code points, JavaScript in UTF-16 units: `𝒳` is one of the former and two of the latter. */

/** The UTF-16 offset of a code point; the text's end where it is beyond. */
export function toUnits(text: string, codePoints: number): number {
  let units = 0;
  for (let left = codePoints; left > 0 && units < text.length; left--) units += widthAt(text, units);
  return units;
}

/** How many code points stand before a UTF-16 offset. */
export function toCodePoints(text: string, units: number): number {
  let count = 0;
  for (let at = 0; at < Math.min(units, text.length); at += widthAt(text, at)) count++;
  return count;
}

const widthAt = (text: string, at: number): 1 | 2 => ((text.codePointAt(at) as number) > 0xffff ? 2 : 1);
