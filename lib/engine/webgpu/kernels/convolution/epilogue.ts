/**
 * What a convolution does with its values before they are written: a bias of the channel is added, or its batch norm of evaluation mode
 * applied, (v − mean) · gamma / √(variance + epsilon) + beta; then a residual is added, and an activation applied.
 */
import { type Activation, activate, activationKey, isIdentity } from '../norm/activationText';
import { literal } from '../wgsl';

export interface Epilogue {
  /** Of the channels; default neither. */
  readonly bias?: boolean;
  readonly norm?: { readonly epsilon: number };
  /** Default none. */
  readonly residual?: boolean;
  readonly activation: Activation;
}

export const PLAIN: Epilogue = { activation: { slope: 1 } };

/** tfjs's activations that are of this kind, by their names. @param alpha slope of the leaky one */
export function activationNamed(name: string, alpha: number): Activation | undefined {
  if (name === 'linear') return { slope: 1 };
  if (name === 'relu') return { slope: 0 };
  if (name === 'relu6') return { slope: 0, ceiling: 6 };
  return name === 'leakyrelu' ? { slope: alpha } : undefined;
}

const NORM = ['gamma', 'beta', 'mean', 'variance'] as const;

/** The names of what it reads of the channels, each [channels]; the residual comes after them. */
export const channelInputs = ({ bias, norm }: Epilogue): readonly string[] => (norm ? NORM : bias ? ['bias'] : []);

/** As a part of a program's key. */
export const epilogueKey = ({ bias, norm, residual, activation }: Epilogue): string =>
  [
    ...(norm ? [`norm ${norm.epsilon}`] : bias ? ['bias'] : []),
    ...(residual ? ['residual'] : []),
    activationKey(activation),
  ].join(' ');

const four = (name: string): string => `vec4<f32>(${[0, 1, 2, 3].map((i) => `${name}[c + ${i}]`).join(', ')})`;

/**
 * What is read once for four channels, `struct Column` and `column_of(c: i32) -> Column` (values beyond the last channel are of no use),
 * and what is done with four values, `of_channels(v: vec4<f32>, own: Column)` and `activated(v: vec4<f32>)`.
 */
export function epilogueText({ bias, norm, activation }: Epilogue): string {
  return `${channelText(bias, norm)}${isIdentity(activation) ? '' : activate(activation)}
fn activated(v: vec4<f32>) -> vec4<f32> {
  return ${isIdentity(activation) ? 'v' : 'vec4<f32>(activate(v.x), activate(v.y), activate(v.z), activate(v.w))'};
}
`;
}

function channelText(bias: Epilogue['bias'], norm: Epilogue['norm']): string {
  if (norm) {
    return `struct Column { mean: vec4<f32>, scale: vec4<f32>, beta: vec4<f32> }
fn column_of(c: i32) -> Column {
  let scale = ${four('gamma')} * (1.0 / sqrt(${four('variance')} + ${literal(norm.epsilon)}));
  return Column(${four('mean')}, scale, ${four('beta')});
}
fn of_channels(v: vec4<f32>, own: Column) -> vec4<f32> { return (v - own.mean) * own.scale + own.beta; }
`;
  }
  return `struct Column { bias: vec4<f32> }
fn column_of(c: i32) -> Column { return Column(${bias ? four('bias') : 'vec4<f32>(0.0)'}); }
fn of_channels(v: vec4<f32>, own: Column) -> vec4<f32> { return v${bias ? ' + own.bias' : ''}; }
`;
}
