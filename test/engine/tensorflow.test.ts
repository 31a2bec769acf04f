/** Why tfjs-node-gpu cannot be used, in each of the ways in which it fails; with packages that only pretend. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { createTensorflow, type TensorflowPackage } from 'iekd/dist/engine/tensorflow';
import { tf } from 'iekd/dist/engine/tf';

/** What the package does when it is loaded: it registers its backend and makes it the current one. */
function loads(isUsingGpuDevice: boolean, Tensor: unknown = tf.Tensor): () => TensorflowPackage {
  return () => {
    if (tf.findBackendFactory('tensorflow')) tf.removeBackend('tensorflow');
    const own = { isUsingGpuDevice, binding: { TF_Version: '2.9.1' } };
    tf.registerBackend('tensorflow', () => Object.assign(Object.create(tf.findBackend('cpu')), own), 3);
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
const reasons: readonly { readonly title: string; readonly load: () => TensorflowPackage; readonly unavailable: string }[] = [
  {
    title: 'not installed',
    load: fails(`Cannot find module '${NAME}'\nRequire stack:\n- somewhere`, 'MODULE_NOT_FOUND'),
    unavailable: `the optional package ${NAME} is not installed; run \`npm install\` where storage.googleapis.com can be reached`,
  },
  {
    title: 'installed without its install script',
    load: fails('The Node.js native addon module (tfjs_binding.node) can not be found at path: here. \nPlease run'),
    unavailable: `${NAME} is there without its native module; run \`npm rebuild ${NAME}\` where storage.googleapis.com can be reached`,
  },
  {
    title: 'a library is missing',
    load: fails('libtensorflow.so.2: cannot open shared object file: No such file or directory', 'ERR_DLOPEN_FAILED'),
    unavailable: `${NAME} does not load (libtensorflow.so.2: cannot open shared object file: No such file or directory); compare its needs with environment.md`,
  },
  {
    title: 'a module that it needs is missing',
    load: fails("Cannot find module 'adm-zip'", 'MODULE_NOT_FOUND'),
    unavailable: `${NAME} does not load (Cannot find module 'adm-zip'); compare its needs with environment.md`,
  },
  {
    title: 'no GPU',
    load: loads(false),
    unavailable: `${NAME} sees no GPU; it needs an NVIDIA driver, CUDA 11.2 and cuDNN 8.1, see environment.md`,
  },
  {
    title: 'a second copy of tfjs',
    load: loads(true, class Tensor {}),
    unavailable: `${NAME} brings a second copy of tfjs; run \`npm dedupe\``,
  },
];

describe('tensorflow engine', () => {
  before(() => tf.setBackend('cpu'));

  for (const { title, load, unavailable } of reasons) {
    it(`says so: ${title}`, async () => {
      const engine = createTensorflow(load);
      assert.equal(await engine.unavailable(), unavailable);
      assert.equal(tf.getBackend(), 'cpu');
      const message = `tensorflow: expected a usable GPU, received none: ${unavailable}`;
      await assert.rejects(engine.start({ threads: 2 }), { message });
    });
  }

  it('starts where there is a GPU, and only then becomes the backend', async () => {
    const engine = createTensorflow(loads(true));
    assert.equal(await engine.unavailable(), undefined);
    assert.equal(tf.getBackend(), 'cpu');
    const { backend, version, fallbacks } = await engine.start({ threads: 2 });
    assert.deepEqual([backend, version, fallbacks()], ['tensorflow', 'TensorFlow 2.9.1, GPU', []]);
    assert.equal(tf.getBackend(), 'tensorflow');
    await tf.setBackend('cpu');
    tf.removeBackend('tensorflow');
  });

  it('loads the package once', async () => {
    let count = 0;
    const engine = createTensorflow(() => {
      count++;
      throw new Error('no');
    });
    await engine.unavailable();
    await engine.unavailable();
    assert.equal(count, 1);
  });
});
