'use strict';
// Stands in for two dependencies of danfojs-node with known, unfixed advisories: Excel files (xlsx) and reading from URLs (request).
const fail = () => {
  throw new Error(
    'danfojs-node: expected a local CSV or JSON file, received an Excel file or a URL; this project leaves both out (package.json "overrides")',
  );
};
module.exports = { get: fail, read: fail, writeFile: fail, utils: { aoa_to_sheet: fail, sheet_to_json: fail, book_new: fail } };
