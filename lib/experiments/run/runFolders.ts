/** Folders of single runs: how they are named. */
import { join } from 'node:path';
import { runName } from './config';
import type { ParsedRun } from './parsedRun';

/** `<root>/<data set>-<student>-<method>-<hash>-s<seed>`: equal configurations meet in one folder. */
export const runFolder = (root: string, { config, hash }: ParsedRun): string => join(root, runName(config, hash));
