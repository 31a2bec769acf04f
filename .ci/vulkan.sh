#!/usr/bin/env bash
# Mesa's Vulkan driver that needs no GPU (lavapipe, 11 MB), for the tests of the webgpu engine. Debian 12's own is too old for Dawn;
# its backports have one, asked for in this call only. Without a driver those tests are skipped, and say so.
set -euo pipefail
cd "$(dirname "$0")/.."
source .ci/common.sh

# The machine's own mirror, whichever it is.
mirror() {
  apt-get indextargets --format '$(REPO_URI) $(CODENAME) $(COMPONENT)' 'Created-By: Packages' |
    awk '$2 == "bookworm" && $3 == "main" { print $1; exit }'
}

install_driver() {
  local driver=mesa-vulkan-drivers
  if grep -q '^VERSION_CODENAME=bookworm$' /etc/os-release; then
    local address sources
    address=$(mirror)
    [[ -n $address ]] || return 1
    sources=$(mktemp)
    { cat /etc/apt/sources.list 2> /dev/null || true; } > "$sources"
    echo "deb $address bookworm-backports main" >> "$sources"
    APT_PATIENCE+=(-o "Dir::Etc::SourceList=$sources")
    driver+=/bookworm-backports
  fi
  timeout 120 apt-get "${APT_PATIENCE[@]}" update &&
    DEBIAN_FRONTEND=noninteractive timeout 300 apt-get "${APT_PATIENCE[@]}" install -y --no-install-recommends libvulkan1 "$driver" > /dev/null
}

too_old() { [[ $(dpkg-query -W -f '${Version}' mesa-vulkan-drivers 2> /dev/null) == 22.* ]]; }

if compgen -G '/usr/share/vulkan/icd.d/*.json' > /dev/null && ! too_old; then
  echo 'a Vulkan driver is there'
elif may_install && install_driver; then
  echo "installed Mesa's software Vulkan driver"
else
  skip 'no Vulkan driver, so that the webgpu engine will not be tested'
fi
