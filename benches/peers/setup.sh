#!/usr/bin/env bash
# Installs the peers' wheels into target/peers and prints what to set for the bench of the model.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
python3 -m venv target/peers/venv
target/peers/venv/bin/pip install -q onnxruntime==1.31.1 ai-edge-litert==2.3.0 flatbuffers==25.12.19 numpy==2.4.6
library=$(find "$PWD/target/peers/venv" -name 'libonnxruntime.so.*' | head -n 1)
echo "export ORT_DYLIB_PATH=$library"
