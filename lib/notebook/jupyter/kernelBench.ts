/**
 * How quick a kernel is, as a person at a notebook feels it: from a request to its reply and idle, over ZeroMQ on this machine. Each
 * measure is one piece of code in each language, so that other installed kernels can stand beside ours.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import type { MeasureRow } from '../../bench/measureRow';
import type { JsonObject } from '../../kernel/server/wire/protocol';
import { integerIn, knownKeys } from '../../util/check';
import { median } from '../../util/stats';
import { installedKernels } from './installedKernels';
import { type KernelClient, startKernelClient } from './kernelClient';
import { type KernelSpec, kernelSpec } from './kernelSpec';

export interface KernelBenchOptions {
  /** Where the kernels run; default the current folder. */
  readonly folder?: string;
  /** How often each quick cell runs; default 20. */
  readonly rounds?: number;
  /** Lines that a loop prints; default 20,000. */
  readonly lines?: number;
  /** Told before each kernel. */
  readonly onKernel?: (name: string) => void;
}

/** A kernel under measurement, with the code in its language. */
interface Subject {
  readonly client: KernelClient;
  readonly code: Code;
  readonly startMs: number;
}

interface Code {
  readonly variable: (i: number) => string;
  readonly small: string;
  readonly failing: string;
  readonly loop: string;
  readonly print: (lines: number) => string;
  readonly typed: string;
  readonly library?: string;
}

const TYPESCRIPT: Code = {
  variable: (i) => `const v${i} = ${i};`,
  small: 'const small = v3 + 1;',
  failing: "throw new Error('measured')",
  loop: 'let total = 0;\nfor (let i = 0; i < 5e6; i++) total += i;\ntotal',
  print: (lines) => `for (let i = 0; i < ${lines}; i++) console.log('line', i);`,
  typed: 'Math.sq',
  library: "import { start } from 'iekd';\ntypeof start",
};

const PYTHON: Code = {
  variable: (i) => `v${i} = ${i}`,
  small: 'small = v3 + 1',
  failing: "raise Exception('measured')",
  loop: 'total = 0\nfor i in range(5_000_000): total += i\ntotal',
  print: (lines) => `for i in range(${lines}): print('line', i)`,
  typed: 'str.spl',
};

/** Languages as `kernel.json` names them. */
const CODES: Readonly<Record<string, Code>> = { typescript: TYPESCRIPT, javascript: TYPESCRIPT, python: PYTHON };

/** Whether the bench has code for a kernel's language. */
const measurable = ({ language }: KernelSpec): boolean => Object.hasOwn(CODES, language?.toLowerCase() ?? '');

/** Installed kernels that can stand beside the project's own. @param dataFolders Jupyter's */
export function otherKernels(dataFolders: readonly string[]): KernelSpec[] {
  const own = installedKernels(dataFolders).map(({ folder }) => folder);
  const found = dataFolders.flatMap((data) => {
    const kernels = join(data, 'kernels');
    const names = existsSync(kernels) ? readdirSync(kernels).sort() : [];
    return names.flatMap((name) => (own.includes(join(kernels, name)) ? [] : (readable(name, data) ?? [])));
  });
  return found.filter((spec, i) => measurable(spec) && found.findIndex(({ name }) => name === spec.name) === i);
}

/** Undefined for a folder that is no kernel. */
function readable(name: string, data: string): KernelSpec | undefined {
  try {
    return kernelSpec(name, data);
  } catch {
    return undefined;
  }
}

type Measure = (subject: Subject, options: Required<Omit<KernelBenchOptions, 'onKernel'>>) => Promise<number | null>;

/** So long nobody runs a cell before the import: a kernel may get ready meanwhile, as it does when a person is there. */
const OPEN_MS = 3_000;

/** In this order: whatever is imported makes every later cell take longer. */
const MEASURES: readonly {
  readonly measure: string;
  readonly unit: 'ms' | 'lines';
  readonly bar?: number;
  readonly run: Measure;
}[] = [
  { measure: 'start to first reply', unit: 'ms', bar: 800, run: async ({ startMs }) => startMs },
  { measure: '1 + 1', unit: 'ms', bar: 5, run: ({ client }, { rounds }) => often(rounds, () => timed(client, '1 + 1')) },
  {
    measure: 'a small cell after 30 others',
    unit: 'ms',
    bar: 15,
    run: async ({ client, code }, { rounds }) => {
      for (let i = 0; i < 30; i++) await timed(client, code.variable(i));
      return often(rounds, () => timed(client, code.small));
    },
  },
  {
    measure: 'a cell that fails',
    unit: 'ms',
    bar: 20,
    run: ({ client, code }, { rounds }) => often(rounds, () => timed(client, code.failing, 'error')),
  },
  {
    measure: 'completion',
    unit: 'ms',
    bar: 30,
    run: ({ client, code }, { rounds }) => often(rounds, () => completed(client, code.typed)),
  },
  {
    measure: "first import from 'iekd'",
    unit: 'ms',
    bar: 800,
    run: async ({ client, code }) => {
      await pause(OPEN_MS);
      return code.library === undefined ? null : timed(client, code.library);
    },
  },
  {
    measure: 'a small cell after that import',
    unit: 'ms',
    run: ({ client, code }, { rounds }) => often(rounds, () => timed(client, code.small)),
  },
  {
    measure: '5·10⁶ turns of a loop over a cell variable',
    unit: 'ms',
    bar: 60,
    run: ({ client, code }, { rounds }) => often(Math.min(rounds, 5), () => timed(client, code.loop)),
  },
  {
    measure: 'lines that arrive of those a loop prints',
    unit: 'lines',
    run: ({ client, code }, { lines }) => arrived(client, code.print(lines)),
  },
];

/**
 * Measures kernels, one after the other, each in a process of its own.
 * @returns a row a measure; milliseconds are medians where a cell runs more than once
 * @throws InputError for an unknown option, and where a kernel does not start
 */
export async function benchKernels(specs: readonly KernelSpec[], options: KernelBenchOptions = {}): Promise<MeasureRow[]> {
  knownKeys('benchKernels', options, ['folder', 'rounds', 'lines', 'onKernel']);
  const { folder = process.cwd(), rounds = 20, lines = 20_000 } = options;
  for (const [name, count] of Object.entries({ rounds, lines })) integerIn(`benchKernels: ${name}`, count, 1);
  const values = MEASURES.map((): Record<string, number | null> => ({}));
  for (const spec of specs) {
    options.onKernel?.(spec.name);
    const found = await measureKernel(spec, { folder, rounds, lines });
    for (const [i, value] of found.entries()) (values[i] as Record<string, number | null>)[spec.name] = value;
  }
  return MEASURES.map(({ run: _, ...row }, i) => ({ ...row, values: values[i] ?? {} }));
}

async function measureKernel(spec: KernelSpec, options: Parameters<Measure>[1]): Promise<(number | null)[]> {
  const began = performance.now();
  const client = await startKernelClient({ spec, folder: options.folder, startTimeoutMs: 60_000 });
  const subject = { client, code: CODES[spec.language?.toLowerCase() ?? ''] ?? TYPESCRIPT, startMs: performance.now() - began };
  const found: (number | null)[] = [];
  try {
    for (const { run } of MEASURES) found.push(await run(subject, options));
  } finally {
    await client.shutdown();
  }
  return found;
}

async function often(rounds: number, once: () => Promise<number | null>): Promise<number | null> {
  const times: number[] = [];
  for (let i = 0; i < rounds; i++) {
    const time = await once();
    if (time === null) return null;
    times.push(time);
  }
  return median(times);
}

/** Milliseconds until a cell's reply and its idle; null where it did not end as expected. */
async function timed(client: KernelClient, code: string, expected: 'ok' | 'error' = 'ok'): Promise<number | null> {
  const began = performance.now();
  const { status } = await run(client, code);
  return status === expected ? performance.now() - began : null;
}

async function completed(client: KernelClient, typed: string): Promise<number | null> {
  const began = performance.now();
  const { reply } = client.request('complete_request', { code: typed, cursor_pos: typed.length });
  const { content } = await answer(client, reply);
  return Array.isArray(content['matches']) && content['matches'].length > 0 ? performance.now() - began : null;
}

async function arrived(client: KernelClient, code: string): Promise<number> {
  const { text } = await run(client, code);
  return text.split('\n').length - 1;
}

/** Runs a cell; resolves once its reply and its idle have both come. */
async function run(client: KernelClient, code: string): Promise<{ readonly status: unknown; readonly text: string }> {
  const content = { code, silent: false, store_history: true, user_expressions: {}, allow_stdin: false, stop_on_error: false };
  const texts: string[] = [];
  const { id, reply } = client.request('execute_request', content);
  const idle = new Promise<void>((done) => {
    client.onPublished(({ type, parentId, content: published }) => {
      if (parentId !== id) return;
      if (type === 'stream') texts.push(String(published['text']));
      if (type === 'status' && published['execution_state'] === 'idle') done();
    });
  });
  const { content: replied } = await answer(client, reply);
  await Promise.race([idle, client.died]);
  return { status: replied['status'], text: texts.join('') };
}

/** The reply, or how the kernel died. */
async function answer(
  client: KernelClient,
  reply: Promise<{ readonly content: JsonObject }>,
): Promise<{ readonly content: JsonObject }> {
  const died = client.died.then((how) => ({ content: { status: how } }));
  return Promise.race([reply, died]);
}
