#!/bin/sh
echo "$GREETING! This file was written by a RUN step on $(uname -s)/$(uname -m)."
