"""The bad line behaves like one, or the tests that lean on it prove nothing."""

import contextlib
import socket
import threading
import time

import pytest

from tests.standins.tcp_proxy import TcpProxy


@pytest.fixture
def echo():
    """A program that answers each line with the same line, a hundred times as long. Its port."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.1)
    stop = threading.Event()
    heard = []

    def talk(line):
        with line, line.makefile("rb") as words:
            for word in words:
                heard.append(word)
                line.sendall(word * 100)

    def serve():
        while not stop.is_set():
            try:
                line, _ = listener.accept()
            except TimeoutError:
                continue
            threads.append(threading.Thread(target=_quietly, args=(talk, line)))
            threads[-1].start()

    threads = [threading.Thread(target=serve)]
    threads[0].start()
    yield listener.getsockname()[1], heard
    stop.set()
    for thread in threads:
        thread.join(5)
    listener.close()


def _quietly(talk, line):
    with contextlib.suppress(OSError):  # the bad line broke: that is what it is for
        talk(line)


@pytest.fixture
def line(echo):
    with TcpProxy("127.0.0.1", echo[0]) as proxy:
        yield proxy


def call(line, word=b"hello\n", seconds=60.0):
    with socket.create_connection(("127.0.0.1", line.port), timeout=seconds) as caller:
        caller.sendall(word)
        return _read(caller, len(word) * 100)


def _read(caller, length):
    data = b""
    while len(data) < length:
        piece = caller.recv(65_536)
        if not piece:
            break
        data += piece
    return data


def test_a_good_line_changes_nothing(line):
    assert call(line) == b"hello\n" * 100


def test_a_slow_line_takes_its_time_both_ways(line):
    line.latency = 0.15
    began = time.monotonic()
    assert call(line) == b"hello\n" * 100
    assert time.monotonic() - began >= 0.3


def test_a_line_cut_in_the_answer_lets_the_server_do_its_work(line, echo):
    line.reset_after = 50
    with pytest.raises(ConnectionResetError):
        call(line)
    assert echo[1] == [b"hello\n"]
    line.heal()
    assert call(line) == b"hello\n" * 100


def test_a_line_cut_in_the_request_keeps_it_from_the_server(line, echo):
    line.reset_after_sent = 3
    with pytest.raises(ConnectionResetError):
        call(line)
    assert echo[1] == []


def test_a_black_hole_takes_everything_and_gives_nothing(line, echo):
    line.black_hole = True
    with pytest.raises(TimeoutError):
        call(line, seconds=0.3)
    assert echo[1] == []


def test_a_refused_line_is_nobody_there_until_it_listens_again(line):
    port = line.port
    line.refuse()
    with pytest.raises(ConnectionRefusedError):
        call(line)
    line.listen()
    assert line.port == port
    assert call(line) == b"hello\n" * 100


def test_open_lines_can_be_cut(line):
    with socket.create_connection(("127.0.0.1", line.port), timeout=60) as caller:
        caller.sendall(b"hello\n")
        _read(caller, 600)
        line.cut()
        with pytest.raises(ConnectionResetError):
            caller.recv(1)
