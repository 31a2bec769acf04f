/** Jupyter's protocol 5.4 as a table: what each message that a kernel sends must hold. Unknown entries are refused, too. */

import type { Message } from 'iekd/dist/kernel/server/wire/protocol';
import { booleanIn, refuse } from 'iekd/dist/util/check';
import {
  anyObject,
  type Check,
  integer,
  listOf,
  mapOf,
  number,
  objectOf,
  oneOf,
  orNull,
  text,
  textOf,
} from 'iekd/dist/util/schema';

const boolean: Check = (where, value) => void booleanIn(where, value);
const anything: Check = () => undefined;

const header = objectOf({
  msg_id: textOf(/^.+$/, 'a number'),
  msg_type: textOf(/^[a-z_]+$/, 'a type'),
  session: textOf(/^.+$/, 'a session'),
  username: text,
  date: textOf(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/, 'a date of ISO 8601'),
  version: textOf(/^5\.\d+$/, 'version 5'),
});

const bundle = mapOf((where, _value, name) => {
  if (!/^[\w.+-]+\/[\w.+-]+$/.test(name)) throw refuse(where, 'a MIME type', name);
});
const failure = { ename: text, evalue: text, traceback: listOf(text) };

/** Replies with `ok` and their entries, `error` and a failure, or `aborted`. */
function reply(entries: Readonly<Record<string, Check>>, optional: Readonly<Record<string, Check>> = {}, always = {}): Check {
  const forms: Readonly<Record<string, Check>> = {
    ok: objectOf({ status: text, ...entries, ...always }, optional),
    error: objectOf({ status: text, ...failure, ...always }, { user_expressions: anyObject }),
    aborted: objectOf({ status: text, ...always }),
  };
  return (where, value) => {
    const status = String((value as { status?: unknown }).status);
    oneOf(...Object.keys(forms))(`${where}: status`, status);
    forms[status]?.(where, value);
  };
}

const userExpression: Check = (where, value) =>
  (value as { status?: unknown }).status === 'error'
    ? objectOf({ status: text, ...failure })(where, value)
    : objectOf({ status: oneOf('ok'), data: bundle, metadata: anyObject })(where, value);

const display = { data: bundle, metadata: anyObject };
const transient = { transient: objectOf({}, { display_id: text }) };
const commOpen = objectOf({ comm_id: text, target_name: text, data: anyObject }, { target_module: orNull(text) });
const comm = objectOf({ comm_id: text, data: anyObject });
const port = integer(1);

const languageInfo = objectOf(
  { name: text, version: text, mimetype: text, file_extension: textOf(/^\./, 'an extension with its dot') },
  { pygments_lexer: text, codemirror_mode: anything, nbconvert_exporter: text },
);

/** A response of the Debug Adapter Protocol. */
const debugReply = objectOf(
  { type: oneOf('response'), seq: integer(0), request_seq: integer(0), command: text, success: boolean },
  { message: text, body: anyObject },
);

/** Contents by the message's type. */
const CONTENTS: Readonly<Record<string, Check>> = {
  // shell and control
  execute_reply: reply(
    {},
    { payload: listOf(anyObject), user_expressions: mapOf(userExpression) },
    { execution_count: integer(0) },
  ),
  inspect_reply: reply({ found: boolean, data: bundle, metadata: anyObject }),
  complete_reply: reply({
    matches: listOf(text),
    cursor_start: integer(0),
    cursor_end: integer(0),
    metadata: objectOf(
      {},
      { _jupyter_types_experimental: listOf(objectOf({ start: number(0), end: number(0), text, type: text, signature: text })) },
    ),
  }),
  history_reply: reply({
    history: listOf((where, value) => {
      if (!Array.isArray(value) || value.length !== 3) throw refuse(where, 'three entries', value);
      integer(1)(`${where}: session`, value[0]);
      integer(0)(`${where}: line`, value[1]);
      if (Array.isArray(value[2])) {
        text(`${where}: input`, value[2][0]);
        orNull(text)(`${where}: output`, value[2][1]);
      } else text(`${where}: input`, value[2]);
    }),
  }),
  is_complete_reply: objectOf(
    { status: oneOf('complete', 'incomplete', 'invalid', 'unknown', 'error') },
    { indent: text, ...failure },
  ),
  connect_reply: reply({ shell_port: port, iopub_port: port, stdin_port: port, hb_port: port, control_port: port }),
  comm_info_reply: reply({ comms: mapOf(objectOf({ target_name: text })) }),
  kernel_info_reply: reply({
    protocol_version: textOf(/^5\.\d+$/, 'version 5'),
    implementation: text,
    implementation_version: text,
    language_info: languageInfo,
    banner: text,
    debugger: boolean,
    help_links: listOf(objectOf({ text, url: textOf(/^https:/, 'an address') })),
    supported_features: listOf(text),
  }),
  shutdown_reply: reply({ restart: boolean }),
  interrupt_reply: reply({}),
  debug_reply: debugReply,
  // iopub
  stream: objectOf({ name: oneOf('stdout', 'stderr'), text }),
  display_data: objectOf(display, transient),
  update_display_data: objectOf({ ...display, transient: objectOf({ display_id: text }) }),
  execute_input: objectOf({ code: text, execution_count: integer(0) }),
  execute_result: objectOf({ ...display, execution_count: integer(0) }, transient),
  error: objectOf(failure),
  status: objectOf({ execution_state: oneOf('busy', 'idle', 'starting') }),
  clear_output: objectOf({ wait: boolean }),
  comm_open: commOpen,
  comm_msg: comm,
  comm_close: comm,
  debug_event: objectOf({ type: oneOf('event'), seq: integer(0), event: text }, { body: anyObject }),
  iopub_welcome: objectOf({ subscription: text }),
  // stdin
  input_request: objectOf({ prompt: text, password: boolean }),
};

/** Refuses a message of a kernel that the protocol does not allow. @throws InputError naming the entry */
export function checkMessage({ type, header: frame, content, parentId }: Message): void {
  header(`${type}: header`, JSON.parse(Buffer.from(frame).toString('utf8')));
  oneOf(...Object.keys(CONTENTS))('message', type);
  CONTENTS[type]?.(type, content);
  if (type.endsWith('_reply') && parentId === '') throw refuse(`${type}: parent_header`, 'the header of its request', {});
}
