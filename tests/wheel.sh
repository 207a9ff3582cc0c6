#!/bin/sh
# Uses podindex as installed from its wheel in DIR/venv, away from the checkout: DIR/venv/bin/podindex must do its work
# with nothing but what the wheel asked for. Usage: sh tests/wheel.sh DIR
set -eu
samples=$(cd "$(dirname "$0")/../episodes" && pwd)
cd "$1"
sample=$(find "$samples" -name '*.mp3' -size -2000k | sort | head -n 1)
podindex=venv/bin/podindex

$podindex --version
$podindex --library library add "$sample"
$podindex --library library search breach
hits=$($podindex --library library search --json breach)
echo "$hits" | venv/bin/python -c 'import json, sys; assert json.load(sys.stdin)["total"] > 0, "nothing was found"'
