#!/bin/sh
# A deployment whose check fails has failed; what it says is shown.
grep "Hello" /tmp/slipway-hello/index.html
