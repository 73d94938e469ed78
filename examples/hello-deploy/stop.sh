#!/bin/sh
# Runs before the next deployment takes the place of this one.
echo "$APPLICATION_NAME makes way for $DEPLOYMENT_ID"
