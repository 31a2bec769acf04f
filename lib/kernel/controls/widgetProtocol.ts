/** Jupyter's widget protocol, version 2: how a model becomes known to the front end. */
import type { Comm, KernelApi } from '../messages';

/** Comms that carry models. */
const TARGET = 'jupyter.widget';
const VERSION = '2.1.0';

/** MIME type of a view of a model. */
export const WIDGET_VIEW_MIME = 'application/vnd.jupyter.widget-view+json';

/** Opens the comm of a model. Models that the state refers to must be open already. */
export function openModel(api: KernelApi, state: Readonly<Record<string, unknown>>): Comm {
  return api.openComm(TARGET, { state, buffer_paths: [] }, { metadata: { version: VERSION } });
}

/** What a front end shows as a view of the model. */
export const viewOf = (id: string): object => ({ version_major: 2, version_minor: 0, model_id: id });
