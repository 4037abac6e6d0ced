# Shortcuts for https://just.systems. Each recipe calls a script or cargo; nothing here is needed to build or test.

# List the recipes.
default:
    @just --list

# Everything that CI requires, in the same order.
ci:
    .ci/run

# Format, clippy, tests of one crate: `just crate nirkit-step`.
crate NAME:
    cargo fmt --check --package {{NAME}}
    cargo clippy --all-targets --package {{NAME}} -- -D warnings
    cargo test --package {{NAME}}

# The commands of all pages, the links, the spelling.
docs:
    scripts/readme_commands.sh docs/*.md
    scripts/check_links.py
    if command -v typos >/dev/null; then typos; else echo "not checked: spelling (pip install typos)"; fi

# The book, in target/book (needs mdbook: cargo install --locked mdbook).
book:
    mdbook build

# Write pages that are made from code, and snapshots, anew. Read the difference before you commit it.
update:
    NIRKIT_UPDATE_DOCS=1 INSTA_UPDATE=always cargo test --workspace --quiet

# Each fuzz target for some seconds.
fuzz SECONDS="60":
    scripts/fuzz.sh {{SECONDS}}

# Undefined behaviour in the crates that handle bytes (needs nightly Rust).
miri:
    scripts/check_miri.sh

# The files of a release (archive, wheel, crates), in target/release-files.
release:
    scripts/release.sh
