/** The kernel as Jupyter starts it, before a front end with widgets: it keeps the models that are opened, and follows links as ipywidgets' does. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { JsonObject, Message } from 'iekd/dist/kernel/server/wire/protocol';
import { makeFolder, ROOT } from '../../notebook/cells';
import { type Answered, connectionFile, TestClient } from '../server/testClient';

const LAUNCH = join(ROOT, 'lib/kernel/jupyter/kernels/tslab/launch.cjs');
const PATIENCE_MS = 60_000;
export const WIDGET_VIEW = 'application/vnd.jupyter.widget-view+json';

export interface OpenModel {
  readonly id: string;
  readonly state: JsonObject;
  readonly metadata: JsonObject;
}

export interface WidgetKernel {
  readonly client: TestClient;
  /** Runs a cell; the first import takes its time on a busy machine. */
  execute(code: string): Promise<Answered>;
  /** Models that are open, in the order in which they were opened. */
  models(): OpenModel[];
  /** The model under this label, once it is there. */
  model(label: string): Promise<OpenModel>;
  /** Sends a message on a comm. @returns its number */
  says(id: string, data: JsonObject): string;
  /** Moves a control. */
  sets(id: string, state: JsonObject): string;
  clicks(id: string): string;
  /** Messages of a comm from the kernel, in their order. */
  heard(id: string): Message[];
  close(): Promise<void>;
}

export async function startWidgetKernel(env: NodeJS.ProcessEnv = {}): Promise<WidgetKernel> {
  const { folder, remove } = makeFolder();
  const { path, ports } = await connectionFile(folder);
  const child = spawn(process.execPath, [LAUNCH, path], {
    ...{ cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] },
    env: { ...process.env, JUPYTER_DATA_DIR: folder, ...env },
  });
  const client = await new TestClient(ports).ready();
  const stop = followLinks(client);
  const models = (): OpenModel[] => {
    const closed = client.seen.filter(({ type }) => type === 'comm_close').map(({ content }) => content['comm_id']);
    return client.seen
      .filter(({ type }) => type === 'comm_open')
      .map(modelOf)
      .filter(({ id }) => !closed.includes(id));
  };
  const says = (id: string, data: JsonObject): string => client.send('comm_msg', { comm_id: id, data });
  return {
    client,
    async execute(code) {
      const id = client.send('execute_request', { code, silent: false });
      const [reply] = await Promise.all([client.reply(id, PATIENCE_MS), client.idle(id, PATIENCE_MS)]);
      return { reply, published: client.published(id) };
    },
    models,
    async model(label) {
      const fits = (message: Message): boolean => message.type === 'comm_open' && modelOf(message).state['description'] === label;
      return modelOf(await client.find(fits, `a model with the label ${label}`, PATIENCE_MS));
    },
    says,
    sets: (id, state) => says(id, { method: 'update', state, buffer_paths: [] }),
    clicks: (id) => says(id, { method: 'custom', content: { event: 'click' } }),
    heard: (id) => client.seen.filter(({ type, content }) => type === 'comm_msg' && content['comm_id'] === id),
    async close() {
      stop();
      client.close();
      await ended(child);
      remove();
      if (client.complaints.length > 0) throw client.complaints[0];
    },
  };
}

function modelOf({ content, metadata }: Message): OpenModel {
  const { state } = content['data'] as { readonly state: JsonObject };
  return { id: String(content['comm_id']), state, metadata };
}

/** As ipywidgets does with a `DirectionalLinkModel`: the second entry becomes what the first is, and the kernel is told. */
function followLinks(client: TestClient): () => void {
  const followed = new Set<string>();
  const look = (): void => {
    for (const message of client.seen) {
      if (message.type !== 'comm_open') continue;
      const { id, state } = modelOf(message);
      if (state['_model_name'] !== 'DirectionalLinkModel' || followed.has(id)) continue;
      followed.add(id);
      const [target, entry] = state['target'] as [string, string];
      const data = { method: 'update', state: { [entry]: '1px' }, buffer_paths: [] };
      client.send('comm_msg', { comm_id: target.replace('IPY_MODEL_', ''), data });
    }
  };
  const timer = setInterval(look, 20);
  return () => clearInterval(timer);
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}
