/**
 * Showing things: in a notebook as a bundle of representations, of which a front end takes the richest it can, elsewhere as
 * plain text. This is the one room of the library that writes to the terminal, and `textWriter` the one place; a program that
 * wants something else puts its own writer in with `useDisplayWriter`.
 */
import { randomBytes } from 'node:crypto';
import { kernelApi } from '../../kernel/controls/kernelApi';
import type { MimeData } from '../jupyter/notebookFile';

export { escapeHtml } from '../../util/text';

/** The same thing in several MIME types: text, base64 or JSON each. `text/plain` is what a terminal shows. */
export type MimeBundle = MimeData & { readonly 'text/plain': string };

/** One call of a writer. */
export interface DisplayMessage {
  readonly data: MimeBundle;
  /** By MIME type: width and height of pictures. */
  readonly metadata: Readonly<Record<string, object>>;
  /** Set for displays that are updated in place. */
  readonly slot?: string;
  /** False for what is shown the first time. */
  readonly update: boolean;
  /** Whether the display will stay as it is. */
  readonly final: boolean;
}

/** Sends one display to where it is shown. */
export type DisplayWriter = (message: DisplayMessage) => void;

/** A display that is updated in place. */
export interface Slot {
  /** Shows `data` instead of what was shown. @param final true for the last time: a terminal shows only that */
  show(data: MimeBundle, options?: { readonly final?: boolean; readonly metadata?: DisplayMessage['metadata'] }): void;
}

let chosen: DisplayWriter | undefined;

/** Sends displays to `writer` from now on, or, without one, to the notebook or the terminal again. @returns the one before */
export function useDisplayWriter(writer: DisplayWriter | undefined): DisplayWriter | undefined {
  const before = chosen;
  chosen = writer;
  return before;
}

/**
 * Shows something once.
 * @param data the same thing in several MIME types
 * @param metadata by MIME type: width and height of pictures, in pixels
 */
export function display(data: MimeBundle, metadata: DisplayMessage['metadata'] = {}): void {
  currentWriter()({ data, metadata, update: false, final: true });
}

/** A display whose content changes: every `show` replaces the one before. Nothing is shown before the first. */
export function createSlot(): Slot {
  const slot = randomBytes(8).toString('hex');
  let update = false;
  return {
    show(data, { final = false, metadata = {} } = {}) {
      currentWriter()({ data, metadata, slot, update, final });
      update = true;
    },
  };
}

/** Whether displays go to a notebook. */
export function inNotebook(): boolean {
  return (kernelWriter() ?? tslabWriter()) !== undefined;
}

function currentWriter(): DisplayWriter {
  return chosen ?? kernelWriter() ?? tslabWriter() ?? textWriter;
}

/** For terminals and logs: what is shown once, and the last state of what changes. */
function textWriter({ data, final }: DisplayMessage): void {
  if (final) process.stdout.write(`${data['text/plain'].replace(/\n?$/, '\n')}`);
}

/** Where the kernel offers its displays to libraries. */
function kernelWriter(): DisplayWriter | undefined {
  const api = kernelApi();
  return api && (({ data, metadata, slot, update }) => api.display(data, { metadata, ...(slot ? { id: slot, update } : {}) }));
}

type TslabWrite = (content: object, update: boolean) => void;

/** tslab's own writer takes whole bundles, its public interface one MIME type a call. Undefined outside its kernel. */
function tslabWriter(): DisplayWriter | undefined {
  const write = loadedTslab()?.lastWriteDisplayData;
  if (!write) return undefined;
  return ({ data, metadata, slot, update }) => write({ data, metadata, transient: slot ? { display_id: slot } : {} }, update);
}

/** Only looked up, never loaded: in a kernel it is there, elsewhere loading it would bring in a whole compiler. */
function loadedTslab(): { readonly lastWriteDisplayData?: TslabWrite | null } | undefined {
  try {
    return require.cache[require.resolve('tslab/dist/jupyter')]?.exports as ReturnType<typeof loadedTslab>;
  } catch {
    return undefined;
  }
}
