/** The terms of the table's methods before the student's first step; teachers are trained, encoders not yet fitted. */

import type { Dataset } from '../data/types';
import { buildMethod } from '../methods';
import type { Network } from '../models/types';
import { random } from '../util/rng';
import { type InitialTerm, initialTerms } from './initialTerms';
import { networkFor, type School } from './methodsRuns';
import { type MethodsBudget, methodsConfig, methodsRow } from './methodsTable';

/** A term with the method it belongs to. */
export interface MethodTerm extends InitialTerm {
  readonly method: string;
}

export interface MethodTermsOptions {
  readonly data: Dataset;
  readonly seed: number;
  /** How the teachers are trained. */
  readonly budget: MethodsBudget;
  readonly school: School;
}

/** Terms of the named methods, on the first 64 training images. @throws InputError for a method the table has not */
export async function methodTerms(names: readonly string[], options: MethodTermsOptions): Promise<MethodTerm[]> {
  const all: MethodTerm[] = [];
  for (const method of names) all.push(...(await termsOf(method, options)).map((term) => ({ method, ...term })));
  return all;
}

async function termsOf(name: string, { data, seed, budget, school }: MethodTermsOptions): Promise<InitialTerm[]> {
  const { student: own, teachers: wanted, peers: beside, method } = methodsConfig(methodsRow(name), budget);
  const teachers: Network[] = [];
  for (let i = 0; wanted && i < wanted.count; i++) teachers.push((await school.teacher(wanted, i)).network);
  const student = networkFor(data, own, seed, 'student');
  const peers = beside ? [networkFor(data, beside, seed, 'peer')] : [];
  const distillation = buildMethod(method).build({ student, teachers, peers, random: random(seed).child('method') });
  try {
    return initialTerms({ distillation, student, teachers, peers, images: data.train, normalisation: data });
  } finally {
    for (const one of [distillation, student, ...peers]) one.dispose();
  }
}
