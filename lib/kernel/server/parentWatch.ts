/** A kernel whose launcher was killed ends too. Jupyter and our executor set JPY_PARENT_PID. */
const LOOK_MS = 1000;

export function watchParent(gone: () => void): void {
  if (!process.env['JPY_PARENT_PID']) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    gone();
  }, LOOK_MS);
  timer.unref();
}
