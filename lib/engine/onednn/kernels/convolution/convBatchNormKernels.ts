/** A 3×3 convolution with its batch norm (engine/fused/convBatchNorm.ts): what passes between the two stays in the caches. */
import type { MapValues } from '../../onednnBackend';
import { copyAll } from '../copy';
import { input, type NativeCall, type NativeKernel } from '../types';
import { type ConvInfo, dimensions, infoOf } from './convolution';

const floats = (call: NativeCall, name: string): Float32Array => call.backend.floats(input(call, name));
const map = (call: NativeCall, name: string): MapValues => call.backend.map(input(call, name));
const optionalMap = (call: NativeCall, name: string): MapValues | undefined => (call.inputs[name] ? map(call, name) : undefined);

/** The convolution's geometry; the op has checked that there is one. */
function geometry(call: NativeCall): ConvInfo {
  const strided = { ...call, attrs: { ...call.attrs, strides: 1 } };
  return infoOf(strided, input(call, 'x').shape, input(call, 'filter').shape) as ConvInfo;
}

const scalars = ({ attrs }: NativeCall): number[] => [attrs['epsilon'] as number, attrs['slope'] as number];

const training: NativeKernel = {
  name: 'IekdConvBatchNorm',
  uses: ['WinogradConvBatchNorm', 'Copy'],
  run(call) {
    const info = geometry(call);
    const y = call.backend.mapOutput(info.outShape);
    const convolved = call.backend.mapRoom(y.values.length);
    const [mean, variance] = [call.backend.output([info.outChannels]), call.backend.output([info.outChannels])];
    const parameters = ['filter', 'gamma', 'beta'].map((name) => floats(call, name));
    const outputs = [convolved, y.values, mean.values, variance.values];
    call.native('WinogradConvBatchNorm')(
      ...dimensions(info),
      ...scalars(call),
      ...[map(call, 'x'), ...parameters, optionalMap(call, 'residual')],
      ...outputs,
    );
    // Copies of the moments: they are tensors too, which may go earlier.
    const moments = [mean, variance].map(({ values }) => {
      const own = call.backend.pool.floats(values.length);
      copyAll(call, values, own);
      return own;
    });
    call.backend.saveForBackward(y.info, convolved, ...moments);
    return [y.info, mean.info, variance.info];
  },
};

const inference: NativeKernel = {
  name: 'IekdConvBatchNormInfer',
  uses: ['WinogradConvBatchNormInfer'],
  run(call) {
    const info = geometry(call);
    const y = call.backend.mapOutput(info.outShape);
    const parameters = ['filter', 'gamma', 'beta', 'mean', 'variance'].map((name) => floats(call, name));
    call.native('WinogradConvBatchNormInfer')(
      ...[...dimensions(info), ...scalars(call)],
      ...[map(call, 'x'), ...parameters, optionalMap(call, 'residual'), y.values],
    );
    return y.info;
  },
};

/** Inputs and first output of `training`, with dy; once for each result. The residual's gradient is an output of its own where a rectifier is in between. */
const gradient: NativeKernel = {
  name: 'IekdConvBatchNormGrad',
  uses: ['WinogradConvBatchNormGrad'],
  run(call) {
    const info = geometry(call);
    const masked = call.attrs['hasResidual'] === true && call.attrs['slope'] !== 1;
    const like = (name: string) => call.backend.output(input(call, name).shape);
    const mapLike = (name: string) => call.backend.mapOutput(input(call, name).shape);
    const [dx, dfilter, dgamma, dbeta] = [mapLike('x'), like('filter'), like('gamma'), like('beta')];
    const dresidual = masked ? mapLike('dy') : undefined;
    const y = input(call, 'y');
    const [convolved, mean, variance] = call.backend.savedForBackward(y);
    if (!convolved)
      throw new Error('IekdConvBatchNormGrad: expected a result that was not differentiated before, received one that was');
    const maps = [map(call, 'x'), floats(call, 'filter'), convolved, map(call, 'dy')];
    const norm = [floats(call, 'gamma'), floats(call, 'beta'), mean, variance];
    const outputs = [dx.values, dfilter.values, dgamma.values, dbeta.values, dresidual?.values];
    call.native('WinogradConvBatchNormGrad')(
      ...dimensions(info),
      ...scalars(call),
      ...maps,
      masked ? call.backend.map(y) : undefined,
      ...norm,
      ...outputs,
    );
    call.backend.releaseSaved(y.dataId);
    return [dx.info, dfilter.info, dgamma.info, dbeta.info, ...(dresidual ? [dresidual.info] : [])];
  },
};

export const convBatchNorms: readonly NativeKernel[] = [training, inference, gradient];
