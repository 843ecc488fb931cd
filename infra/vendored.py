"""The static files of others that the console serves: fetched from the npm registry, and held to their list.

`make vendored` fetches what the list names, in its versions, and refuses a file that is not the one of the list. For
another version, change it in the list and run `make vendored ACCEPT=1`, which writes the new hashes.
"""

import hashlib
import json
import subprocess
import sys
import tarfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from infra.errors import Refused

STATIC = Path(__file__).parent.parent / "chalicelib" / "entrypoints" / "console" / "static"
LIST = STATIC / "vendored.json"


class NotTheListed(Refused):
    """A file is another one than the list says."""


@dataclass(frozen=True)
class Vendored:
    """`member` is the file's path in the package, `file` its name here; `sha256` is of its bytes."""

    package: str
    version: str
    licence: str
    member: str
    file: str
    sha256: str


def listed() -> list[Vendored]:
    return [Vendored(**each) for each in json.loads(LIST.read_text())]


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def refuse_others(wanted: Sequence[Vendored], contents: Sequence[bytes]) -> None:
    """Raises NotTheListed, which names the first that differs."""
    for each, content in zip(wanted, contents, strict=True):
        if digest(content) != each.sha256:
            raise NotTheListed(f"{each.file} of {each.package} {each.version} is not the file of {LIST.name}")


def fetched(wanted: Sequence[Vendored]) -> Iterator[bytes]:
    """Each file's bytes, as the registry's package has them."""
    for each in wanted:
        with TemporaryDirectory(prefix="xenia-vendored-") as folder:
            subprocess.run(
                ["npm", "pack", "--silent", f"{each.package}@{each.version}"],
                cwd=folder,
                check=True,
                stdout=subprocess.DEVNULL,
            )
            (package,) = Path(folder).glob("*.tgz")
            yield _member(package, f"package/{each.member}")


def _member(package: Path, name: str) -> bytes:
    with tarfile.open(package) as archive:
        found = archive.extractfile(name)
        if found is None:
            raise NotTheListed(f"{package.name} has no file {name}")
        return found.read()


def main(arguments: Sequence[str]) -> None:
    wanted = listed()
    contents = list(fetched(wanted))
    if "--accept" in arguments:
        wanted = [replace(each, sha256=digest(content)) for each, content in zip(wanted, contents, strict=True)]
        LIST.write_text(json.dumps([asdict(each) for each in wanted], indent=2) + "\n")
    refuse_others(wanted, contents)
    for each, content in zip(wanted, contents, strict=True):
        (STATIC / each.file).write_bytes(content)
        print(f"{each.file}: {each.package} {each.version}, {len(content):,} bytes, {each.licence}")


if __name__ == "__main__":
    main(sys.argv[1:])
