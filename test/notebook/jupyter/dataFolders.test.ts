/** Data folders by the rules of jupyter_core, on every platform. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { dataFolder, dataFolders, type JupyterSystem, type Place } from 'iekd/dist/notebook/jupyter/dataFolders';

function system(platform: NodeJS.Platform, env: JupyterSystem['env'] = {}, prefix?: string): JupyterSystem {
  const home = platform === 'win32' ? 'C:\\Users\\me' : platform === 'darwin' ? '/Users/me' : '/home/me';
  return { platform, env, home, pythonPrefix: () => prefix };
}

describe('the data folder of a place', () => {
  const table: readonly (readonly [string, Place, JupyterSystem])[] = [
    ['/home/me/.local/share/jupyter', 'user', system('linux')],
    ['/x/jupyter', 'user', system('linux', { XDG_DATA_HOME: '/x' })],
    ['/home/me/.local/share/jupyter', 'user', system('linux', { XDG_DATA_HOME: '' })],
    ['/data', 'user', system('linux', { JUPYTER_DATA_DIR: '/data', XDG_DATA_HOME: '/x' })],
    ['/Users/me/Library/Jupyter', 'user', system('darwin', { XDG_DATA_HOME: '/x' })],
    ['/Users/me/Library/Application Support/Jupyter', 'user', system('darwin', { JUPYTER_PLATFORM_DIRS: '1' })],
    ['/Users/me/Library/Jupyter', 'user', system('darwin', { JUPYTER_PLATFORM_DIRS: 'Off' })],
    ['C:\\Roaming\\jupyter', 'user', system('win32', { APPDATA: 'C:\\Roaming' })],
    ['C:\\Users\\me\\.jupyter\\data', 'user', system('win32')],
    ['D:\\c\\data', 'user', system('win32', { JUPYTER_CONFIG_DIR: 'D:\\c' })],
    ['C:\\Local\\Jupyter', 'user', system('win32', { JUPYTER_PLATFORM_DIRS: '1', LOCALAPPDATA: 'C:\\Local' })],
    ['/env/share/jupyter', 'sys-prefix', system('linux', { VIRTUAL_ENV: '/env', CONDA_PREFIX: '/conda' }, '/usr')],
    ['/conda/share/jupyter', 'sys-prefix', system('linux', { CONDA_PREFIX: '/conda' }, '/usr')],
    ['/usr/share/jupyter', 'sys-prefix', system('linux', {}, '/usr')],
    ['/p/share/jupyter', { prefix: '/p' }, system('linux', { JUPYTER_DATA_DIR: '/data' })],
  ];
  for (const [folder, place, of] of table) {
    it(`${folder} of ${JSON.stringify(place)} on ${of.platform} ${JSON.stringify(of.env)}`, () =>
      assert.equal(dataFolder(place, of), folder));
  }
  it('is refused where there is no environment', () =>
    assert.throws(() => dataFolder('sys-prefix', system('linux')), {
      message:
        '--sys-prefix: expected a Python environment (VIRTUAL_ENV, CONDA_PREFIX or python3), received none; ' +
        'activate an environment, or give --prefix with its folder',
    }));
});

describe('all data folders', () => {
  const all = ['/home/me/.local/share/jupyter', '/usr/local/share/jupyter', '/usr/share/jupyter'];
  const table: readonly (readonly [string, JupyterSystem, readonly string[]])[] = [
    ['of a plain Linux', system('linux'), all],
    [
      'with a Python of the system',
      system('linux', {}, '/usr'),
      [all[0] as string, '/usr/share/jupyter', '/usr/local/share/jupyter'],
    ],
    [
      'named ones first, then an environment and the Python beside it',
      system('linux', { JUPYTER_PATH: '/a:/b', VIRTUAL_ENV: '/env', XDG_DATA_HOME: '/x' }, '/opt'),
      ['/a', '/b', '/x/jupyter', all[0] as string, '/env/share/jupyter', '/opt/share/jupyter', ...all.slice(1)],
    ],
    [
      'of Windows',
      system('win32', { APPDATA: 'C:\\R', JUPYTER_PATH: 'D:\\a;D:\\b', PROGRAMDATA: 'C:\\P' }, 'C:\\Py'),
      ['D:\\a', 'D:\\b', 'C:\\R\\jupyter', 'C:\\Py\\share\\jupyter'],
    ],
    [
      'of Windows where ProgramData is trusted',
      system('win32', { APPDATA: 'C:\\R', JUPYTER_USE_PROGRAMDATA: '1', PROGRAMDATA: 'C:\\P' }),
      ['C:\\R\\jupyter', 'C:\\P\\jupyter'],
    ],
  ];
  for (const [name, of, folders] of table) it(name, () => assert.deepEqual(dataFolders(of), folders));
});
