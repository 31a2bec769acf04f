// @ts-check
/** Jupyter, where it is installed: which command opens it, and an environment in which it writes nothing outside the project. */
import { delimiter, join } from 'node:path';
import { onPath, run } from './processes.mjs';

/** Jupyter's applications, the one that is tried first in front. */
const APPLICATIONS = /** @type {const} */ (['lab', 'notebook']);

/**
 * @typedef {object} Jupyter
 * @property {string} command full path of `jupyter`
 * @property {'lab' | 'notebook'} application
 * @property {number} major version of the application
 */

/** The search path, then the usual places: a version manager's shim in front often has no Jupyter behind it. */
const SEARCH_PATH = `${process.env.PATH ?? ''}${delimiter}/usr/local/bin${delimiter}/usr/bin${delimiter}/opt/homebrew/bin`;

/**
 * The first `jupyter` that has an application to open.
 * @param {string} path
 * @returns {Promise<Jupyter | undefined>}
 */
export async function findJupyter(path = SEARCH_PATH) {
  for (const command of onPath('jupyter', path)) {
    for (const application of APPLICATIONS) {
      const { code, output } = await run(command, [application, '--version'], { timeoutMs: 30_000 });
      const version = /^(\d+)\.\d+/m.exec(output);
      if (code === 0 && version) return { command, application, major: Number(version[1]) };
    }
  }
  return undefined;
}

/** How to get it, in three ways. */
export const HOW_TO_GET_JUPYTER = `Jupyter was not found. Any of these gets it:
  sudo apt-get install jupyter-notebook     (Debian, Ubuntu)
  pip install jupyterlab                    (Python 3)
  conda install -c conda-forge jupyterlab   (conda)
Without it, "npm start" and "npx iekd run NOTEBOOK" run notebooks and write pages to look at in a browser.`;

/**
 * Settings under which Jupyter finds the project's kernel and keeps everything it writes in `.jupyter/`.
 * @param {string} root
 * @param {NodeJS.ProcessEnv} env
 * @returns {NodeJS.ProcessEnv}
 */
export function jupyterEnvironment(root, env = process.env) {
  const own = join(root, '.jupyter');
  return {
    ...env,
    JUPYTER_PATH: join(root, 'lib', 'kernel', 'jupyter'),
    JUPYTER_CONFIG_DIR: join(own, 'config'),
    JUPYTER_DATA_DIR: join(own, 'data'),
    JUPYTER_RUNTIME_DIR: join(own, 'runtime'),
    IPYTHONDIR: join(own, 'ipython'),
  };
}

/**
 * Arguments that open `notebooks/`, served from the project's folder (pages load Plotly from node_modules below it), to this
 * machine only.
 * @param {string} root
 * @param {Jupyter} jupyter
 * @param {boolean} isRoot Jupyter refuses to run as root unless told to
 */
export function jupyterArguments(root, { application, major }, isRoot = process.getuid?.() === 0) {
  const classic = application === 'notebook' && major < 7;
  const app = classic ? 'NotebookApp' : 'ServerApp';
  return [
    application,
    '--ip=127.0.0.1',
    `--${app}.${classic ? 'notebook_dir' : 'root_dir'}=${root}`,
    `--${classic ? 'NotebookApp' : application === 'lab' ? 'LabApp' : 'JupyterNotebookApp'}.default_url=/${application === 'lab' ? 'lab/' : ''}tree/notebooks`,
    '--MultiKernelManager.default_kernel_name=tslab',
    ...(isRoot ? ['--allow-root'] : []),
  ];
}
