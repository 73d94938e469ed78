#!/bin/sh
# render.sh PAGE: fills in the page's placeholders from the build's environment.
sed -e "s|@greeting@|$GREETING|" \
    -e "s|@build@|${CODEBUILD_BUILD_NUMBER:-0}|" \
    -e "s|@initiator@|${CODEBUILD_INITIATOR:-you}|" "$1"
