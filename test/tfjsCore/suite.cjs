// @ts-check
/**
 * tfjs-core's own tests, which its package brings (dist/tests.js: ES modules in plain JavaScript), on a backend that is running.
 * ts-node turns the modules into CommonJS as they are read; they are a second copy of tfjs-core, which shares the engine, the
 * registry of kernels and the flags with ours.
 */
'use strict';
const { createRequire } = require('node:module');
const { dirname, join } = require('node:path');

/** Modules of tfjs as they are, without their types. */
const plainRequire = createRequire(__filename);

const TIMEOUT_MS = 60_000;

/** How the suite calls its environment, in the name of every test. */
const ENVIRONMENT = 'here';

/** The suite sets all flags anew; this one has tfjs compute small tensors on the GPU that was asked for, as our engine does. */
const FLAGS = { WEBGPU_CPU_FORWARD: false };

/** Reads modules of tfjs-core's dist folder, and no others, through TypeScript. */
function readModules() {
  require('ts-node').register({
    transpileOnly: true,
    skipProject: true,
    ignore: ['/node_modules/(?!@tensorflow/tfjs-core/dist/)'],
    compilerOptions: {
      ...{ allowJs: true, module: 'commonjs', target: 'es2022', moduleResolution: 'node10' },
      ...{ ignoreDeprecations: '6.0', esModuleInterop: false, sourceMap: false, inlineSourceMap: false },
    },
  });
}

/**
 * Describes every test to jasmine, whose functions become globals, as the suite has it.
 * @param {string} backend
 * @returns the environment to execute
 */
function describeSuite(backend) {
  // @ts-expect-error it has no types
  const jasmine = require('jasmine-core').boot();
  Object.assign(globalThis, { jasmine });
  const dist = dirname(plainRequire.resolve('@tensorflow/tfjs-core'));
  readModules();
  require(join(dist, 'public/chained_ops/register_all_chained_ops.js'));
  const environments = [{ name: ENVIRONMENT, backendName: backend, flags: FLAGS, isDataSync: true }];
  require(join(dist, 'jasmine_util.js')).setTestEnvs(environments);
  require(join(dist, 'tests.js'));
  Error.stackTraceLimit = 10; // the suite asks for all, which takes longer than the tests
  jasmine.DEFAULT_TIMEOUT_INTERVAL = TIMEOUT_MS;
  return jasmine.getEnv();
}

/** The suite resets tfjs's engine before each group of tests, and takes the backend down with it: this one stays. */
function keepBackend() {
  const tf = plainRequire('@tensorflow/tfjs');
  const [name, backend] = [tf.getBackend(), tf.backend()];
  backend.dispose = () => undefined;
  tf.engine().registryFactory[name].factory = () => backend;
  return name;
}

/**
 * Runs the suite on the backend that is active.
 * @returns {Promise<import('./verdict.mjs').Outcome[]>}
 */
async function runSuite() {
  const environment = describeSuite(keepBackend());
  environment.configure({ random: false });
  /** @type {import('./verdict.mjs').Outcome[]} */
  const outcomes = [];
  environment.addReporter({
    /** @param {{ fullName: string, status: string, failedExpectations: { message: string }[] }} spec */
    specDone({ fullName, status, failedExpectations: [first] }) {
      const name = fullName.replace(` ${ENVIRONMENT} ${JSON.stringify(FLAGS)}`, '');
      const known = status === 'passed' || status === 'failed' ? status : 'skipped';
      outcomes.push({ name, status: known, message: first?.message ?? '' });
    },
  });
  await environment.execute();
  return outcomes;
}

module.exports = { runSuite };
