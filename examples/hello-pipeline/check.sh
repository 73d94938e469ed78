#!/bin/sh
# check.sh DIR: every page has a title.
for page in "$1"/*.html; do
  grep -q '<title>' "$page" || { echo "$page has no title" >&2; exit 1; }
done
