/** The two losses of a single-shot detector, each with its gradient (lib/detection/multiboxKernels.ts). */
import { input, type NativeKernel } from '../types';
import { labelsOf } from './crossEntropyKernels';

const confidence: NativeKernel = {
  name: 'IekdMultiboxConfidence',
  uses: ['MultiboxConfidence'],
  run(call) {
    const logits = input(call, 'logits');
    const [loss, gradient] = [call.backend.output([]), call.backend.output(logits.shape)];
    const mining = ['ratio', 'minNegatives'].map((name) => call.attrs[name] as number);
    const values = [call.backend.floats(logits), labelsOf(call), loss.values, gradient.values];
    call.native('MultiboxConfidence')(...logits.shape, ...mining, ...values);
    return [loss.info, gradient.info];
  },
};

const localisation: NativeKernel = {
  name: 'IekdMultiboxLocalisation',
  uses: ['MultiboxLocalisation'],
  run(call) {
    const [offsets, wanted] = [input(call, 'offsets'), input(call, 'wanted')];
    const [loss, gradient] = [call.backend.output([]), call.backend.output(offsets.shape)];
    const values = [call.backend.floats(offsets), call.backend.floats(wanted), labelsOf(call), loss.values, gradient.values];
    call.native('MultiboxLocalisation')(...offsets.shape.slice(0, 2), ...values);
    return [loss.info, gradient.info];
  },
};

export const multibox: readonly NativeKernel[] = [confidence, localisation];
