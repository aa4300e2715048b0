"""Exports and references: invented by bench/generate, made once, kept under bench/data of the build folder."""
import hashlib
import os
import shutil
import subprocess
import zipfile

from .process import fail

PROFILES = {"23andme-v5": 638531, "23andme-v3": 960614, "ancestrydna-v2": 677435, "myheritage-v2": 609346}
FULL_LENGTH_BYTES = 5 << 30  # the reference of full length, its .2bit and site table


def as_read_from_disk(path):
    """The page cache holds a file that was read in large pieces, and one that was just written in small ones, which are
    three times as dear to map. A reference is read for years and written once."""
    with open(path, "rb", buffering=0) as f:
        os.fsync(f.fileno())
        os.posix_fadvise(f.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        while f.read(1 << 20):
            pass


class Inputs:
    def __init__(self, programs, runner, folder):
        self.programs, self.runner, self.folder = programs, runner, folder
        os.makedirs(folder, exist_ok=True)

    def path(self, name):
        return os.path.join(self.folder, name)

    def make(self, name, command_for, settle=lambda path: None):
        """The file of that name. command_for(path) makes it; what a stopped run left is not taken for it."""
        path = self.path(name)
        if not os.path.exists(path):
            print("making %s" % name, flush=True)
            half = self.path("making-" + name)
            subprocess.run(command_for(half), check=True, env=self.runner.environment, stderr=subprocess.DEVNULL)
            os.rename(half, path)
            settle(path)
        return path

    def export(self, profile, rows, seed=1, scale=10, ending=".zip"):
        words = [self.programs("bench/generate"), "export", profile, str(rows), str(seed), "M", str(scale)]
        return self.make("%s.%d.%d.x%d%s" % (profile, rows, seed, scale, ending), lambda path: words + [path])

    def can_hold_full_length(self):
        return os.path.exists(self.path("reference.x1.2bit")) or shutil.disk_usage(self.folder).free > FULL_LENGTH_BYTES

    def fasta(self, scale=10):
        """Made under its final name, because the .fai and the table of lengths stand beside it."""
        prefix = self.path("reference.x%d" % scale)
        done = prefix + ".done"
        if not os.path.exists(done):
            print("making reference.x%d.fa" % scale, flush=True)
            subprocess.run(
                [self.programs("bench/generate"), "reference", str(scale), prefix],
                check=True,
                env=self.runner.environment,
            )
            as_read_from_disk(prefix + ".fa")
            open(done, "w").close()
        return prefix + ".fa"

    def twobit(self, scale=10):
        fasta = self.fasta(scale)
        return self.make(
            "reference.x%d.2bit" % scale,
            lambda path: [self.programs("genotype-sites"), "pack", "-q", fasta, "-o", path],
            as_read_from_disk,
        )

    def assemblies(self, scale=10, builtin=False):
        """Options that tell the lengths, and nothing of bases, which are invented, or of pseudo-autosomal regions.
        builtin: none, where the lengths are GRCh37's; rows in Y's regions then move to X, and all rows are sorted."""
        self.fasta(scale)
        path = self.path("reference.x%d.assemblies.tsv" % scale)
        return [] if scale == 1 and builtin else ["--assemblies", path]

    def sites(self, profile, rows, scale=10):
        """A compiled site table of the array's markers."""
        stem = "%s.%d.x%d" % (profile, rows, scale)
        vcf = self.make(
            stem + ".sites.vcf",
            lambda path: [self.programs("bench/generate"), "sites", profile, str(rows), str(scale), path],
        )
        tool, fasta = self.programs("genotype-sites"), self.fasta(scale)
        bcf = self.make(
            stem + ".sites.bcf",
            lambda path: [
                tool,
                "build",
                "-q",
                "-f",
                fasta,
                "--vcf",
                vcf,
                "--assembly",
                "GRCh37",
                "-o",
                path,
                *self.assemblies(scale),
            ],
        )
        return self.make(stem + ".sites.compiled", lambda path: [tool, "compile", "-q", bcf, "-o", path])

    def describe(self, path, name, rows):
        """For the results: which bytes were measured."""
        digest = hashlib.sha256()
        with open(path, "rb") as f:
            for piece in iter(lambda: f.read(1 << 20), b""):
                digest.update(piece)
        with zipfile.ZipFile(path) as z:
            members = z.infolist()
        if len(members) != 1:
            fail("%s has %d members" % (path, len(members)))
        return dict(
            name=name, rows=rows, bytes=members[0].file_size, zip_bytes=os.path.getsize(path), sha256=digest.hexdigest()
        )
