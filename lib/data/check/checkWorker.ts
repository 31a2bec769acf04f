/** What a thread of the pool does for `dataReport`: a file at a time. By the names of a `PoolModule`. */
export { fileFacts as work } from './pictureFacts';
