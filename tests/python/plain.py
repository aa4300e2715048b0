"""Another reader of exports, plain and slow, which shares no code with ours: what a frame must hold."""

import csv
import io
import os
import zipfile

CHROMS = {"M": "MT", "23": "X", "24": "Y", "26": "MT"}


def text_of(path):
    """The export's text, out of its zip where it stands in one."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            names = [name for name in archive.namelist() if not name.endswith("/") and "__MACOSX" not in name]
            return archive.read(names[0]).decode("utf-8", "replace")
    with open(path, encoding="utf-8", errors="replace", newline="") as file:
        return file.read()


def fields_of(text):
    """(line number, fields) of each line that is a row."""
    for number, line in enumerate(text.split("\n"), 1):
        line = line.rstrip("\r")
        if not line or line.startswith(("#", "rsid\t", "RSID,")):
            continue
        if "\t" in line:
            yield number, line.split("\t")
        else:
            yield number, next(csv.reader(io.StringIO(line)))


def rows_of(text):
    """(line, rsid, chrom, pos, genotype) of each row, placed or not; genotype None: no call."""
    pseudo_autosomal = "PAR" if "AncestryDNA" in text[:200] else "X"  # AncestryDNA's are in Y's coordinates
    chroms = {**CHROMS, "XY": pseudo_autosomal, "25": pseudo_autosomal}
    for number, fields in fields_of(text):
        if len(fields) > 5:  # repeated TABs, with blanks between them
            fields = [field.strip() for field in fields if field.strip()]
        rsid, chrom, pos, *letters = fields
        if len(letters) == 2 and letters[1] in ("", "-") and letters[0] not in ("-", "0"):
            letters = letters[:1]
        genotype = "".join(letters).replace("|", "")
        yield number, rsid, chroms.get(chrom, chrom), pos, None if set(genotype) <= set("-0") else genotype


def is_placed(row):
    return row[2] not in ("0", "--", "-") and row[3] not in ("0", "--", "-")


def good_files(top):
    """Paths of testdata's accepted exports."""
    folder = os.path.join(top, "testdata")
    with open(os.path.join(folder, "expected.tsv"), encoding="utf-8") as file:
        rows = [dict(zip(header, line.rstrip("\n").split("\t"))) for header, line in _with_header(file)]
    return [os.path.join(folder, row["file"]) for row in rows if "/good-" in row["file"]]


def _with_header(file):
    header = next(file).rstrip("\n").split("\t")
    return ((header, line) for line in file)
