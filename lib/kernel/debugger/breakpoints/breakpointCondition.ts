/**
 * A breakpoint's condition and log message as the expression that V8 evaluates in the frame at each visit: it stops where that is true.
 * A log message (`loss {loss} at {step}`) is printed by the cell itself, so that it appears below the cell, and never stops.
 */

import { refusePhrase } from '../../../util/check';
import { whyNoExpression } from '../expressions';

export interface ConditionParts {
  readonly condition?: string | undefined;
  /** Counts a visit at which the condition holds, and says whether it stops. */
  readonly hits?: string | undefined;
  readonly logMessage?: string | undefined;
}

/** Undefined: V8 stops always. Throws where a part is no expression; nothing is run to find out. */
export function conditionOf({ condition, hits, logMessage }: ConditionParts): string | undefined {
  if (condition !== undefined) checkExpression('condition', condition);
  const log = logMessage === undefined ? [] : [`(console.log(${messageArguments(logMessage)}), false)`];
  const parts = [...(condition === undefined ? [] : [`(${condition}\n)`]), ...(hits === undefined ? [] : [hits]), ...log];
  return parts.length === 0 ? undefined : parts.join(' && ');
}

/** The arguments of console.log: a format, and the expressions that stand in braces. A brace that is not closed stands as it is. */
function messageArguments(text: string): string {
  const [format, ...values] = text.split(/\{([^{}]*)\}/u).reduce<string[]>(([format = '', ...values], part, i) => {
    if (i % 2 === 0) return [format + part.replaceAll('%', '%%'), ...values];
    checkExpression('logMessage', part);
    return [`${format}%s`, ...values, `(${part}\n)`];
  }, []);
  return [JSON.stringify(format), ...values].join(', ');
}

function checkExpression(where: string, text: string): void {
  const why = whyNoExpression(text);
  if (why !== undefined) throw refusePhrase(where, 'an expression of JavaScript', `${text.slice(0, 100)}: ${why}`);
}
