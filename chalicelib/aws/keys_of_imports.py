"""The key shape of imports: one partition lists them, for as long as their files are kept."""

from collections.abc import Callable
from functools import partial

from chalicelib.aws.keys import Key
from chalicelib.canonical.ids import ImportId

IMPORTS = "IMPORTS"
import_: Callable[[ImportId], Key] = partial(Key, IMPORTS)
