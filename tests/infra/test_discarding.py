"""What is done with is gone at once, and its room is given back beside whatever comes next."""

import time
from pathlib import Path

from infra.discarding import discard


def test_a_folder_is_gone_at_once_and_its_room_soon(tmp_path: Path) -> None:
    folder = tmp_path / "unpacked"
    (folder / "deep" / "er").mkdir(parents=True)
    (folder / "deep" / "er" / "file").write_text("x" * 1000)
    discard(folder)
    assert not folder.exists()
    while any(tmp_path.iterdir()):  # the test's own time limit ends it
        time.sleep(0.01)


def test_what_is_gone_already_is_no_error_and_leaves_nothing(tmp_path: Path) -> None:
    discard(tmp_path / "none")
    discard(tmp_path / "no" / "where")
    assert list(tmp_path.iterdir()) == []
