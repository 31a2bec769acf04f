/** What the networks that a run trains are called, in names of terms, tensors and files. */

/** `student` for 0, then its peers: `peer1`, `peer2`, … */
export function roleOf(index: number): string {
  return index === 0 ? 'student' : `peer${index}`;
}
