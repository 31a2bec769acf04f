/**
 * Counts the programs that a device is given within one turn of the event loop. Each leaves objects of Dawn's behind, which Node lets
 * go between turns only: in a loop that never awaits they add up. Mesa's software driver maps memory for every one of them and
 * brings the process down at Linux's limit of 65,530 mappings.
 */

/** Well below that limit: a step of IE-FT between two ResNet-20 has some 400. */
export const MOST_PROGRAMS = 50_000;

/** A counter that starts again with every turn; it throws beyond `most`. */
export function programCounter(most: number): () => void {
  let count = 0;
  return () => {
    if (count === 0)
      setImmediate(() => {
        count = 0;
      }).unref();
    if (++count <= most) return;
    throw new Error(
      `webgpu: expected the event loop to turn within ${most} programs on a software adapter, it did not; await something between steps`,
    );
  };
}
