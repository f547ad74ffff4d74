# The developer's menu. `just` lists it; `just ci` is what CI runs.

_default:
    @just --list

# run the main job on an embedded fleet
[group('dev')]
demo *arguments:
    cargo run -q -- demo {{arguments}}

# what the compiler thinks of the pure rooms, quickly
[group('dev')]
check:
    cargo check --no-default-features --lib

[group('check')]
fmt:
    cargo fmt --check

[group('check')]
lint:
    cargo clippy --all-targets --locked -- -D warnings

# the arrows between the rooms
[group('check')]
arrows:
    cargo test --no-default-features --test house

[group('check')]
deny:
    cargo deny check bans licenses sources

[group('check')]
typos:
    typos

[group('test')]
tools:
    tests/tools/install

# everything; tiers whose tool is missing are skipped and named
[group('test')]
test:
    cargo test

# everything, and a missing tool is a failure
[group('test')]
test-all: tools
    PLAINSAIL_TOOLS=require cargo test

# the corpus of real charts: `just corpus index.json:charts:golden`
[group('test')]
corpus folders only="":
    PLAINSAIL_CORPUS={{folders}} PLAINSAIL_CORPUS_ONLY={{only}} cargo test --test corpus -- --nocapture --test-threads 1

# libFuzzer over one target of fuzz/, or all
[group('test')]
fuzz target="all" seconds="60":
    fuzz/run {{target}} {{seconds}}

[group('check')]
ci:
    .ci/run

# the phases of rendering; PLAINSAIL_FLEET names a large fleet (benches/fleet.py)
[group('bench')]
bench *arguments:
    cargo bench --no-default-features {{arguments}}
