/** `csv:PATH`, `jsonl:PATH`: pictures that the rows of a table name. */
import { imageEntry } from './imageDataset';
import { tableFiles } from './tableFiles';
import { csvRows, jsonlRows } from './tableRows';

/** The data set of a CSV file. */
export const csvDataset = imageEntry((path, { classNames }) => tableFiles(path, csvRows, classNames), ['classNames']);

/** The data set of a file with a JSON object a line. */
export const jsonlDataset = imageEntry((path, { classNames }) => tableFiles(path, jsonlRows, classNames), ['classNames']);
