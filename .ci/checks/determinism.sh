#!/usr/bin/env bash
# Builds a site three times: on one thread, on two, and on two from a copy whose documents were created in another
# order. The three trees must be the same to the byte.
# usage: determinism.sh NEWSGEN SITE [BUILD_OPTION...]
set -euo pipefail

newsgen=$(realpath "$1") site=$(realpath "$2")
shift 2

# A file system in memory lists a folder in the order of creation; one on a disk may sort it by a hash of the names.
[ ! -w /dev/shm ] || export TMPDIR=/dev/shm
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

copy() { # copy NAME ORDER...: the site, with its documents created in the order that the command ORDER gives
    local to=$work/$1 path
    shift
    mkdir "$to"
    for path in site.toml templates static; do
        [ ! -e "$site/$path" ] || cp -r "$site/$path" "$to/"
    done
    (cd "$site" && find content -type f | LC_ALL=C sort | "$@" | xargs -d '\n' cp --parents -t "$to")
}
copy sorted cat
copy shuffled shuf --random-source=<(yes)

status=0
build() { # build NAME SITE OPTION...
    local to=$work/out-$1 from=$work/$2
    shift 2
    "$newsgen" build -q -r "$from" -o "$to" "$@" || { echo "FAIL determinism: newsgen exited with $?"; exit 1; }
}
build one sorted -j 1 "$@"
build two sorted -j 2 "$@"
build shuffled shuffled -j 2 "$@"
for other in two shuffled; do
    (cd "$work" && diff -rq out-one "out-$other") || status=1
done

listing() { find "$work/$1/content" -type f -printf '%P\n' | sha256sum; }
[ "$(listing sorted)" != "$(listing shuffled)" ] || echo "  note: both copies list their documents in the same order here"
[ "$status" = 0 ] && verdict="ok  " || verdict=FAIL
echo "$verdict determinism $(basename "$site"): three builds of $(find "$work/out-one" -type f | wc -l) files"
exit "$status"
