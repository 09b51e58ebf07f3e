#!/bin/sh
# Builds static/vendor/govuk-frontend-6.6.0/govuk-frontend.min.css from the npm package, with Node; see VENDORED.md there.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
to=$here/../static/vendor/govuk-frontend-6.6.0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
npm install --silent --no-save --ignore-scripts --prefix "$work" govuk-frontend@6.6.0 sass@1.108.2
"$work/node_modules/.bin/sass" --no-source-map --style=compressed --no-charset --quiet-deps \
    --load-path="$work/node_modules/govuk-frontend/dist" "$here/govuk-frontend.scss" "$to/govuk-frontend.min.css"
