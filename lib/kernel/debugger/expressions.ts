import { Script } from 'node:vm';

/** Why a text is no expression of JavaScript; undefined where it is one. It is parsed, not run. */
export function whyNoExpression(text: string): string | undefined {
  try {
    new Script(`(${text}\n)`);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
