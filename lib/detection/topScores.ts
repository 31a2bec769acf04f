/** The largest of many numbers, without sorting all of them. */

/**
 * Indices of the `most` largest values, by falling value; of equal values the first come first.
 * @param values none of them NaN
 */
export function topIndices(values: Float64Array, most: number): Int32Array {
  const least = values.length > most ? nthLargest(values.slice(), most) : -Infinity;
  const chosen = new Int32Array(Math.min(values.length, most));
  let [above, ties] = [0, 0];
  for (let i = 0; i < values.length; i++) if ((values[i] as number) > least) above++;
  let at = 0;
  for (let i = 0; i < values.length && at < chosen.length; i++) {
    const value = values[i] as number;
    if (value > least || (value === least && ties++ < most - above)) chosen[at++] = i;
  }
  return chosen.sort((a, b) => (values[b] as number) - (values[a] as number) || a - b);
}

/** The nth largest value, by Hoare's selection; reorders the values. @param n from 1 to as many as there are; none of the values NaN */
export function nthLargest(values: Float32Array | Float64Array, n: number): number {
  let [low, high] = [0, values.length - 1];
  const target = n - 1;
  while (low < high) {
    const pivot = values[(low + high) >> 1] as number;
    let [i, j] = [low, high];
    while (i <= j) {
      while ((values[i] as number) > pivot) i++;
      while ((values[j] as number) < pivot) j--;
      if (i > j) break;
      const swapped = values[i] as number;
      values[i++] = values[j] as number;
      values[j--] = swapped;
    }
    if (target <= j) high = j;
    else if (target >= i) low = i;
    else break;
  }
  return values[target] as number;
}
