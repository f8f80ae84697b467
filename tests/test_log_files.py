"""The files of relay and desk make room while they are written, not only at a start."""

from pwa_server import log_files


def test_a_file_makes_room_while_it_is_written(tmp_path):
    file = log_files.open_log(tmp_path, "relay")
    line = b"x" * 999 + b"\n"
    with log_files.RotatingFile(file) as log:
        for _ in range(2 * log_files.LARGEST // len(line) + 10):
            log.write(line)
    assert file.stat().st_size < log_files.LARGEST
    older = file.with_suffix(".log.1")
    assert log_files.LARGEST < older.stat().st_size <= log_files.LARGEST + len(line)
    assert file.stat().st_mode & 0o077 == older.stat().st_mode & 0o077 == 0
    assert sorted(one.name for one in file.parent.iterdir()) == ["relay.log", "relay.log.1"]
