/** The names that a pickle of weights may hold. None is called; any other name refuses the file. */
import { refusePhrase } from '../../util/check';

const torch = (...names: readonly string[]): string[] => names.map((name) => `torch.${name}`);
const bothNumpy = (...names: readonly string[]): string[] =>
  names.flatMap((name) => [`numpy.core.${name}`, `numpy._core.${name}`]);

const STORAGES = ['Float', 'Double', 'Half', 'BFloat16', 'Long', 'Int', 'Short', 'Char', 'Byte', 'Bool'];

const ALLOWED: ReadonlySet<string> = new Set([
  ...['_rebuild_tensor', '_rebuild_tensor_v2', '_rebuild_parameter', '_rebuild_parameter_with_state'].map(
    (name) => `torch._utils.${name}`,
  ),
  ...torch(...STORAGES.map((name) => `${name}Storage`), 'Size', 'device', 'storage.UntypedStorage', 'storage.TypedStorage'),
  ...torch('float32', 'float64', 'float16', 'bfloat16', 'uint8', 'int8', 'int16', 'int32', 'int64', 'bool'),
  ...torch('float8_e4m3fn', 'float8_e5m2', 'uint16', 'uint32', 'uint64'),
  ...['collections.OrderedDict', 'collections.defaultdict', 'argparse.Namespace', 'types.SimpleNamespace'],
  ...['datetime.datetime', 'datetime.timedelta', 'pathlib.PosixPath', 'pathlib.WindowsPath', 'pathlib.PurePosixPath'],
  ...bothNumpy('multiarray.scalar', 'multiarray._reconstruct', 'numeric._frombuffer'),
  ...['numpy.dtype', 'numpy.ndarray', '_codecs.encode'],
  ...['__builtin__', 'builtins'].flatMap((room) =>
    ['set', 'frozenset', 'complex', 'bytearray', 'slice', 'range', 'int', 'float', 'str', 'list', 'dict', 'tuple', 'bool'].map(
      (name) => `${room}.${name}`,
    ),
  ),
]);

/** Modules whose classes are whole networks. */
const MODULES = /^(torch\.(nn|jit|fx|ao|quantization)|torchvision|timm|__main__|models?|networks?|nets?)\b/;
const SAVE = 'it holds more than tensors: in Python, save its state_dict()';
const NOTHING = 'nothing of it was run: use a file from somebody you trust';

/** @throws InputError for a name that is not allowed, naming it */
export function allowedGlobal(where: string, module: string, name: string): string {
  const full = `${module}.${name}`;
  if (ALLOWED.has(full)) return full;
  const received = `a pickle that asks to run ${JSON.stringify(full.slice(0, 100)).slice(1, -1)}`;
  throw refusePhrase(where, 'tensors and plain values', received, MODULES.test(full) ? SAVE : NOTHING);
}
