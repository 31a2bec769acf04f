/** What a change by hand is in a file: the table that logs, checkpoints and reports are held against. */
import { integer, listOf, number, objectOf, text } from '../../util/schema';

/** A list of `Adjustment`. */
export const ADJUSTED = listOf(objectOf({ stage: text, step: integer(1), setting: text, value: number() }));
