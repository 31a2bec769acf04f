/** Where the library is, and what is said where a package is missing: in the repository, and installed below a project. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, describe, test } from 'node:test';
import {
  inRepository,
  installCommand,
  LIBRARY,
  missingPackage,
  optionalPackage,
  ownerFolder,
} from 'iekd/dist/util/package/ownPackage';

const project = mkdtempSync(join(tmpdir(), 'iekd-owner-'));
const installed = join(project, 'node_modules', 'iekd');
mkdirSync(installed, { recursive: true });
writeFileSync(
  join(installed, 'package.json'),
  JSON.stringify({ optionalDependencies: { zeromq: '6.8.0' }, peerDependencies: { webgpu: '0.6.2' } }),
);
after(() => rmSync(project, { recursive: true, force: true }));

/** What an import of a package that is not there throws. */
function failure(specifier: string): unknown {
  try {
    return createRequire(join(project, 'a.js'))(specifier);
  } catch (error) {
    return error;
  }
}

describe('the place of the library', () => {
  test('in the repository', () => {
    assert.equal(LIBRARY, resolve(__dirname, '../../../lib'));
    assert.ok(inRepository());
    assert.equal(ownerFolder(), resolve(__dirname, '../../..'));
    assert.equal(installCommand(['webgpu']), '`npm install`');
  });

  test('in a project', () => {
    assert.ok(!inRepository(installed));
    assert.equal(ownerFolder(installed), project);
    assert.equal(installCommand(['webgpu', 'zeromq', 'other'], installed), '`npm install webgpu@0.6.2 zeromq@6.8.0 other`');
  });
});

describe('a package that is missing', () => {
  for (const [specifier, name] of [
    ['no-such-package', 'no-such-package'],
    ['@no/such/deep.js', '@no/such'],
  ] as const) {
    test(`${specifier} is a sentence`, () => {
      const sentence = `iekd: expected the package ${name}, received none; \`npm install\``;
      assert.equal(missingPackage(failure(specifier))?.message, sentence);
      assert.throws(() => optionalPackage(() => createRequire(join(project, 'a.js'))(specifier)), { message: sentence });
    });
  }

  test('a file that is missing, and any other error, are not', () => {
    assert.equal(missingPackage(failure('./no-such-file')), undefined);
    assert.equal(missingPackage(new Error('other')), undefined);
    const other = new Error('other');
    assert.throws(
      () =>
        optionalPackage(() => {
          throw other;
        }),
      other,
    );
  });
});
