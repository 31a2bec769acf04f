/** What a convolution does with a value before it is written: a bias of its channel is added, an activation applied. */
import { type Activation, activate, activationKey } from '../norm/activationText';

export interface Epilogue {
  readonly bias: boolean;
  readonly activation: Activation;
}

export const PLAIN: Epilogue = { bias: false, activation: { slope: 1 } };

/** tfjs's activations that are of this kind, by their names. @param alpha slope of the leaky one */
export function activationNamed(name: string, alpha: number): Activation | undefined {
  if (name === 'linear') return { slope: 1 };
  if (name === 'relu') return { slope: 0 };
  if (name === 'relu6') return { slope: 0, ceiling: 6 };
  return name === 'leakyrelu' ? { slope: alpha } : undefined;
}

/** As a part of a program's key. */
export const epilogueKey = ({ bias, activation }: Epilogue): string => `${bias ? 'bias ' : ''}${activationKey(activation)}`;

/** `finish(v: f32, channel: i32) -> f32`, which reads `bias` where there is one. */
export const epilogueText = ({ bias, activation }: Epilogue): string => `${activate(activation)}
fn finish(v: f32, channel: i32) -> f32 { return activate(v${bias ? ' + bias[channel]' : ''}); }
`;
