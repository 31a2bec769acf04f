/** What is given for a network: one that is in use, or a sentence that says what it is instead and how a network is made of it. */
import { Variables } from '../engine/variables';
import { describe, isObject, refuse, refusePhrase } from '../util/check';
import type { Network } from './types';

/** @throws InputError naming `where`, for what is no network and for one that was disposed of */
export function networkIn(where: string, value: unknown): Network {
  if (!isNetwork(value)) throw refuse(where, 'a network', value, hintFor(value));
  if (value.variables.disposed) {
    throw refusePhrase(where, 'a network in use', `${value.name}, which was disposed of`, 'build or load it again');
  }
  return value;
}

/** Several of them. @throws InputError as `networkIn`, and for what is no list */
export function networksIn(where: string, value: unknown): Network[] {
  if (isNetwork(value)) throw refusePhrase(where, 'a list of networks', `the network ${value.name}`, 'put it in brackets');
  if (!Array.isArray(value)) throw refuse(where, 'a list of networks', value);
  return value.map((one, i) => networkIn(value.length > 1 ? `${where}: number ${i + 1}` : where, one));
}

function isNetwork(value: unknown): value is Network {
  if (typeof value !== 'object' || value === null) return false;
  const { forward, variables, features, input, spec } = value as Partial<Network>;
  const described = isObject(spec) && Array.isArray(features) && Array.isArray(input);
  return typeof forward === 'function' && variables instanceof Variables && described;
}

function hintFor(value: unknown): string | undefined {
  if (typeof value === 'string') return `buildNetwork({ name: ${describe(value)} }, random(0)) makes one`;
  const isSpec = typeof value === 'object' && value !== null && 'name' in value && typeof value.name === 'string';
  return isSpec ? 'buildNetwork(…, random(0)) makes one of a description' : undefined;
}
