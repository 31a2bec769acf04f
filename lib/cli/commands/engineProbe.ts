/**
 * The engines of this machine, asked for in a process of its own: drivers write their complaints to stderr past Node, where they would
 * stand between the lines of a table, and a broken one may end the process that loads it.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { EngineRow } from '../../engine/choice/engineRows';
import { refusePhrase } from '../../util/check';

/** What was found. */
export interface ProbedEngines {
  readonly rows: readonly EngineRow[];
  /** Lines that drivers wrote meanwhile, each once. */
  readonly remarks: readonly string[];
}

/** Seen from lib/dist/cli/commands. */
const ENTRY = join(__dirname, '..', '..', '..', 'bin', 'iekd.cjs');

/** The words after `node` of the process that is asked. @param measure whether it is to measure engines anew */
export const probeWords = (measure = false): string[] => [ENTRY, 'engines', '--probe', ...(measure ? ['--measure'] : [])];

/** @throws InputError with the last line of the process where it ended before it had an answer */
export async function probeEngines(command: readonly string[] = probeWords()): Promise<ProbedEngines> {
  const child = spawn(process.execPath, command, { stdio: ['ignore', 'pipe', 'pipe'] });
  const [answer, complaints] = [collected(child.stdout), collected(child.stderr)];
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  const remarks = [...new Set(complaints().split('\n').filter(Boolean))];
  if (code !== 0) {
    const ended = signal === null ? `exit code ${code}` : signal;
    throw refusePhrase(
      'engines',
      'the answer of a process that asks for them',
      `${ended}${remarks.length > 0 ? `: ${remarks.at(-1)}` : ''}`,
    );
  }
  return { rows: JSON.parse(answer()) as EngineRow[], remarks };
}

function collected(stream: NodeJS.ReadableStream): () => string {
  let text = '';
  stream.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  return () => text;
}
