/** `folder:PATH`: pictures in a folder a class. */
import { classFolders } from './classFolders';
import { imageEntry } from './imageDataset';

/** The data set at a path. */
export const folderDataset = imageEntry(classFolders);
