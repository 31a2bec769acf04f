/**
 * Models that a front end may ask for, by the id of their comm. A front end that joins later opens a comm of the target
 * `jupyter.widget.control`, sends `request_states`, and is sent `update_states` with all of them. Deviation: its version is not looked at.
 */
import type { KernelApi } from '../messages';

const CONTROL_TARGET = 'jupyter.widget.control';

const open = new Map<string, () => Readonly<Record<string, unknown>>>();
const served = new WeakSet<KernelApi>();

/** From now on the model is among those that are sent. @param state its whole state, as comms have it */
export function modelOpened(api: KernelApi, id: string, state: () => Readonly<Record<string, unknown>>): void {
  open.set(id, state);
  if (served.has(api)) return;
  served.add(api);
  api.onComm(CONTROL_TARGET, (comm) =>
    comm.onMessage(({ data, parent }) => {
      if (data['method'] !== 'request_states') return;
      comm.send({ method: 'update_states', states: allStates(), buffer_paths: [] }, parent ? { parent } : {});
    }),
  );
}

/** It no longer is. */
export function modelClosed(id: string): void {
  open.delete(id);
}

function allStates(): Record<string, unknown> {
  const entries = [...open].map(([id, stateOf]) => {
    const state = stateOf();
    const { _model_name: model_name, _model_module: model_module, _model_module_version: model_module_version } = state;
    return [id, { model_name, model_module, model_module_version, state }] as const;
  });
  return Object.fromEntries(entries);
}
