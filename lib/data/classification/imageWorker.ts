/** What a thread of the pool does for images with a class each, by the names of a `PoolModule`. */
export { imageMemory as transfers } from '../workers/imageReader';
export { doImageJob as work } from './imageJob';
