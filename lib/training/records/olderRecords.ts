/**
 * Records of before metrics had names: an evaluation then had `top1` and `top5` beside its loss. They are lifted into `metrics`
 * where a record is read; the files that hold them stay as they were written.
 */

const METRICS = ['top1', 'top5'];
/** Entries of records, reports, epochs and bests that hold evaluations, at any depth. */
const HOLDERS = ['evaluations', 'history', 'last', 'best', 'peers'];

/** The record with every evaluation in the form of today; one that has no older form is returned as it is. */
export function liftMetrics<T>(record: T): T {
  if (Array.isArray(record)) return record.map(liftMetrics) as T;
  if (typeof record !== 'object' || record === null) return record;
  if (isOld(record)) return lifted(record) as T;
  const held = Object.entries(record).filter(([key]) => HOLDERS.includes(key));
  if (held.length === 0) return record;
  return { ...record, ...Object.fromEntries(held.map(([key, value]) => [key, liftMetrics<unknown>(value)])) };
}

const isOld = (value: object): boolean => 'split' in value && !('metrics' in value) && METRICS.some((name) => name in value);

function lifted(evaluation: object): object {
  const entries = Object.entries(evaluation);
  const isMetric = ([name]: readonly [string, unknown]): boolean => METRICS.includes(name);
  const metrics = Object.fromEntries(entries.filter(isMetric));
  return { ...Object.fromEntries(entries.filter((entry) => !isMetric(entry))), metrics };
}
