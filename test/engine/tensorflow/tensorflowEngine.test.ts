/** Where the engine runs, what it says of itself, and why the package cannot be used, in each way in which it fails; all pretended. */
import assert from 'node:assert/strict';
import { afterEach, before, describe, it } from 'node:test';
import { currentAbilities } from 'iekd/dist/engine/abilities';
import type { TensorflowPackage } from 'iekd/dist/engine/tensorflow/packageLoader';
import { createTensorflow } from 'iekd/dist/engine/tensorflow/tensorflowEngine';
import { tf } from 'iekd/dist/engine/tf';

/** What the package does when it is loaded: it registers its backend and makes it the current one. */
function loads(isUsingGpuDevice: boolean, Tensor: unknown = tf.Tensor): () => TensorflowPackage {
  return () => {
    const own = { isUsingGpuDevice, binding: { TF_Version: '2.21.0' } };
    tf.registerBackend('tensorflow', () => Object.assign(Object.create(tf.findBackend('cpu')), own), 3);
    for (const kernel of tf.getKernelsForBackend('cpu')) {
      if (!tf.getKernel(kernel.kernelName, 'tensorflow')) tf.registerKernel({ ...kernel, backendName: 'tensorflow' });
    }
    void tf.setBackend('tensorflow');
    return { Tensor };
  };
}

function fails(message: string, code?: string): () => never {
  return () => {
    throw Object.assign(new Error(message), { code });
  };
}

const NAME = '@tensorflow/tfjs-node-gpu';
const BUILD = 'run `npm run setup -- --tensorflow`';
const reasons: readonly { readonly title: string; readonly load: () => TensorflowPackage; readonly unavailable: string }[] = [
  {
    title: 'not installed',
    load: fails(`Cannot find module '${NAME}'\nRequire stack:\n- somewhere`, 'MODULE_NOT_FOUND'),
    unavailable: `the optional package ${NAME} is not installed; ${BUILD}`,
  },
  {
    title: 'not built',
    load: fails('The Node.js native addon module (tfjs_binding.node) can not be found at path: here. \nPlease run'),
    unavailable: `the binding of ${NAME} is not built; ${BUILD}`,
  },
  {
    title: 'a library is missing',
    load: fails('libtensorflow_cc.so.2: cannot open shared object file: No such file or directory', 'ERR_DLOPEN_FAILED'),
    unavailable: `${NAME} misses libtensorflow_cc.so.2: the TensorFlow that it was built against has gone or changed; ${BUILD}`,
  },
  {
    title: 'a library is another',
    load: fails('/x/tfjs_binding.node: undefined symbol: TFE_NewOp', 'ERR_DLOPEN_FAILED'),
    unavailable: `${NAME} does not load (/x/tfjs_binding.node: undefined symbol: TFE_NewOp); ${BUILD}, or compare its needs with environment.md`,
  },
  {
    title: 'a second copy of tfjs',
    load: loads(true, class Tensor {}),
    unavailable: `${NAME} brings a second copy of tfjs; run \`npm dedupe\``,
  },
];

const engineOf = (load: () => TensorflowPackage, driver = false): ReturnType<typeof createTensorflow> =>
  createTensorflow({ load, hasDriver: () => driver });

describe('tensorflow engine', () => {
  before(() => tf.setBackend('cpu'));
  afterEach(async () => {
    await tf.setBackend('cpu');
    if (tf.findBackendFactory('tensorflow')) tf.removeBackend('tensorflow');
  });

  for (const { title, load, unavailable } of reasons) {
    it(`says so: ${title}`, async () => {
      const engine = engineOf(load);
      assert.equal(await engine.unavailable(), unavailable);
      assert.equal(tf.getBackend(), 'cpu');
      const message = `tensorflow: expected a package that loads, received none: ${unavailable}`;
      await assert.rejects(engine.start({ threads: 2 }), { message });
    });
  }

  const kinds = [
    { gpu: true, version: 'TensorFlow 2.21.0, GPU', timesKernels: false },
    { gpu: false, version: 'TensorFlow 2.21.0, CPU', timesKernels: true },
  ];
  for (const { gpu, version, timesKernels } of kinds) {
    it(`starts and only then becomes the backend: ${version}`, async () => {
      const engine = engineOf(loads(gpu));
      assert.equal(await engine.unavailable({ threads: 3 }), undefined);
      assert.equal(tf.getBackend(), 'cpu');
      const started = await engine.start({ threads: 2 });
      // TensorFlow keeps the threads with which it was loaded.
      assert.deepEqual([started.backend, started.version, started.threads, started.fallbacks()], ['tensorflow', version, 3, []]);
      assert.equal(tf.getBackend(), 'tensorflow');
      assert.equal(currentAbilities().timesKernels, timesKernels);
    });
  }

  const preferences: readonly (readonly [string, boolean, () => TensorflowPackage, string | undefined])[] = [
    [
      'without a driver nothing is loaded',
      false,
      fails('loaded'),
      'there is no NVIDIA driver, and on the processor other engines are faster; IEKD_ENGINE=tensorflow uses it',
    ],
    ['with a GPU', true, loads(true), undefined],
    ['with a driver and nothing that loads, the reason is left to others', true, fails('no'), undefined],
    [
      'with a driver that TensorFlow cannot use',
      true,
      loads(false),
      'TensorFlow 2.21.0 sees no GPU in spite of the NVIDIA driver, see environment.md; IEKD_ENGINE=tensorflow uses the processor',
    ],
  ];
  for (const [title, driver, load, expected] of preferences) {
    it(`is chosen by itself or not: ${title}`, async () => assert.equal(await engineOf(load, driver).notPreferred?.(), expected));
  }

  it('loads the package once', async () => {
    let count = 0;
    const engine = engineOf(() => {
      count++;
      throw new Error('no');
    });
    await engine.unavailable();
    await engine.unavailable();
    assert.equal(count, 1);
  });
});
