/** Work of a moment under a lock: whoever comes second sleeps until the first is done. */
import { refusePhrase } from '../../util/check';
import { lockHolder, tryLock } from '../../util/lockFile.cjs';
import { observer } from '../../util/locks/observer.cjs';

const ASLEEP_MS = 10;
/** What takes a moment does not count; a holder on another machine that is still there after so long is gone. */
const SILENT_MS = 20_000;

/**
 * Runs `f`, which takes a moment, while nobody else runs something under the same lock; sleeps until then.
 * @param patienceMs how long @throws InputError where another process holds it for longer
 */
export function withLock<T>(path: string, f: () => T, patienceMs = 30_000): T {
  const end = performance.now() + patienceMs;
  const isHeld = observer({ silentMs: SILENT_MS });
  for (;;) {
    const lock = tryLock(path, { isHeld });
    if (lock) {
      try {
        return f();
      } finally {
        lock.release();
      }
    }
    if (performance.now() > end) {
      const holder = `one held by process ${lockHolder(path, { isHeld })?.pid ?? 'that has just gone'}`;
      throw refusePhrase(path, `a lock that is free within ${patienceMs / 1000} s`, holder, 'end that process, or wait for it');
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ASLEEP_MS);
  }
}
