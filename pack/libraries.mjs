// @ts-check
/** The shared libraries that travel with the addon: what it needs beyond what every Linux with Node has, with their licences. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** Of the C library and of C++'s runtime, which Node itself needs. */
const EVERYWHERE = /^(ld-linux.*|lib(c|m|dl|rt|pthread|stdc\+\+|gcc_s))\.so/;

/**
 * @param {string} command
 * @param {readonly string[]} args
 */
function output(command, args) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 28 });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr || error?.message}`);
  return stdout;
}

/** @param {string} file */
function needed(file) {
  return [...output('readelf', ['-d', file]).matchAll(/\(NEEDED\).*\[(.+)\]/g)].map(([, name = '']) => name);
}

/**
 * The libraries that a file needs, and those that these need, by their names.
 * @param {string} file
 * @param {(name: string) => string} find
 * @returns {Map<string, string>} name to path
 */
export function neededLibraries(file, find) {
  const found = new Map();
  const queue = [file];
  for (let next = queue.shift(); next; next = queue.shift()) {
    for (const name of needed(next)) {
      if (EVERYWHERE.test(name) || found.has(name)) continue;
      found.set(name, find(name));
      queue.push(found.get(name));
    }
  }
  return found;
}

/**
 * Where a library is: beside oneDNN, or where the compiler has its own.
 * @param {string} cxx
 * @param {string | undefined} folder
 */
export function librarySearch(cxx, folder) {
  return (/** @type {string} */ name) => {
    const path = folder && existsSync(join(folder, name)) ? join(folder, name) : output(cxx, [`-print-file-name=${name}`]).trim();
    if (!existsSync(path)) throw new Error(`expected ${name} beside oneDNN or in the compiler's folders, received none`);
    return realpathSync(path);
  };
}

/**
 * The texts of a library's licence, by file name: of the Debian package that it belongs to, or of the folder that it was unpacked into.
 * @param {string} path
 * @returns {Map<string, Buffer>}
 */
export function licences(path) {
  const texts = new Map(licenceFiles(path).map((file) => [`${basename(dirname(file))}-${basename(file)}`, readFileSync(file)]));
  if (texts.size === 0) throw new Error(`expected a licence of ${path}, received none`);
  return texts;
}

/** Folders of share/doc that a library's licence is in, where they are not called as the library is. */
const DOCUMENTED = /** @type {Readonly<Record<string, RegExp>>} */ ({ libdnnl: /dnnl|onednn/ });

/** @param {string} path */
function licenceFiles(path) {
  const owner = debianPackage(path);
  const prefix = owner ? '/usr' : (/^(.*)\/lib(64)?\//.exec(path)?.[1] ?? '/usr');
  const [own = ''] = basename(path).toLowerCase().split('.');
  const wanted = owner ? new RegExp(`^${owner.replaceAll(/[.+]/g, '.')}$`) : (DOCUMENTED[own] ?? new RegExp(own));
  const docs = join(prefix, 'share', 'doc');
  const folders = existsSync(docs) ? readdirSync(docs).filter((name) => wanted.test(name)) : [];
  const files = folders.flatMap((name) => LICENCES.map((file) => join(docs, name, file)));
  return files.filter((file) => existsSync(file));
}

const LICENCES = ['copyright', 'LICENSE', 'THIRD-PARTY-PROGRAMS'];

/**
 * The package that dpkg has a file from: /lib is a link to /usr/lib on some systems, and its list has either.
 * @param {string} path
 */
function debianPackage(path) {
  for (const name of [path, path.replace(/^\/usr/, '')]) {
    const { status, stdout } = spawnSync('dpkg-query', ['-S', name], { encoding: 'utf8' });
    if (status === 0) return stdout.split(':')[0];
  }
  return undefined;
}

/**
 * The newest version of the C library that files ask for.
 * @param {readonly string[]} files
 */
export function newestGlibc(files) {
  const versions = files.flatMap((file) =>
    Array.from(output('objdump', ['-T', file]).matchAll(/GLIBC_2\.(\d+)/g), ([, minor]) => Number(minor)),
  );
  return `2.${Math.max(...versions)}`;
}
