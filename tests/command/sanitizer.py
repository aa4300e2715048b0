"""Whether a sanitizer is in what is tested (tools/check-sanitize, tools/check-thread)."""
import os
import re


def flags():
    """The compiler's arguments that brought it, also for programs that link with the libraries; [] where there is none."""
    with open(os.path.join(os.environ['top_builddir'], 'Makefile')) as f:
        found = re.search('^CFLAGS = (.*)$', f.read(), re.M)
    return re.findall(r'-f(?:no-)?sanitize\S*', found.group(1)) if found else []


def without_leaks():
    """The environment of a run whose last write fails: htslib 1.16 forgets a BGZF that it cannot close."""
    return dict(os.environ, ASAN_OPTIONS=os.environ.get('ASAN_OPTIONS', '') + ':detect_leaks=0')
