# Checks the lock file: licences, bans, sources.
version=0.20.2
install_tool() {
  need cargo "it builds cargo-deny"
  # A folder of its own, and away at the end: cargo would otherwise build into the project's.
  CARGO_TARGET_DIR="$TOOLS/build" nice cargo install --quiet --locked --root "$TOOLS" "cargo-deny@$version"
  rm -rf "$TOOLS/build"
}
