#!/bin/bash
set -euo pipefail
# The upload service and the Python module have packages of their own.
./configure --prefix="$PREFIX" --disable-static --with-htslib --disable-array-upload --without-python
make -j"${CPU_COUNT:-1}"
make install
find "$PREFIX/lib" -name 'libdtcgeno*.la' -delete
