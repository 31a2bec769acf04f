/** The run that is killed, and run unbroken to compare: long enough to be hit in every stage and in the middle of epochs. */
import type { RunSettings } from './runs';

export const KILL_RUN: RunSettings = { training: { epochs: 30, batch: 8, learningRate: { kind: 'cosine', base: 0.05 } } };

/** 2 epochs of the teacher's code and 30 of the student, 3 steps each. */
export const KILL_STEPS = 96;
