// @ts-check
/** `npm run lab`: sets up what is missing, then opens Jupyter on `notebooks/` with the project's kernel. */
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { findJupyter, HOW_TO_GET_JUPYTER, jupyterArguments, jupyterEnvironment } from './jupyter.mjs';
import { ROOT, setupOrExplain } from './setup.mjs';

async function lab() {
  if (!(await setupOrExplain())) return;
  const jupyter = await findJupyter();
  if (!jupyter) {
    console.error(HOW_TO_GET_JUPYTER);
    process.exitCode = 1;
    return;
  }
  const env = jupyterEnvironment(ROOT);
  mkdirSync(env.JUPYTER_RUNTIME_DIR ?? '', { recursive: true, mode: 0o700 });
  const args = [...jupyterArguments(ROOT, jupyter), ...process.argv.slice(2)];
  const child = spawn(jupyter.command, args, { cwd: ROOT, env, stdio: 'inherit' });
  // Ctrl-C reaches both; Jupyter asks before it stops, and this process waits for it.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  child.on('close', (code) => {
    process.exitCode = code ?? 1;
  });
}

await lab();
