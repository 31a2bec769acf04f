/** What a thread of the pool does for `dataReport`: a file at a time. */
import { type FileFacts, fileFacts } from './pictureFacts';

/** The pool calls it by its name. */
export const work = (file: string): Promise<FileFacts> => fileFacts(file);
