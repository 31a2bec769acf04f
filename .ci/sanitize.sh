#!/usr/bin/env bash
# The kernel tables under AddressSanitizer and UndefinedBehaviorSanitizer, where the fast engine could be built.
set -euo pipefail
cd "$(dirname "$0")/.."
source .ci/common.sh

needs_onednn
npm run test:sanitize
