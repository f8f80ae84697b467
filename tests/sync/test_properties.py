"""What holds for every input, not only for the vectors."""

import dataclasses

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sync import chain
from sync.chain import (
    START,
    Position,
    UpChain,
    after_receipt,
    covers,
    judge,
    may_forget,
    takes,
    to_send_again,
)
from sync.encoding import NONE, b64u, unb64u
from sync.enrolment import ALPHABET, check_symbol, read_code, spell
from sync.envelope import Envelope, make_batch, parse_batch
from sync.errors import SyncError
from sync.header import Header
from sync.limits import MAX_RUN, MIN_PADDED_BYTES, WINDOW
from sync.plaintext import pack, padded_size, unpack
from sync.sealing import SealKey, open_sealed, seal
from sync.signing import SignKey
from sync.strict_json import read_json, write_json

names = st.binary(min_size=32, max_size=32).map(b64u)
counts = st.integers(1, 999_999_999_999_999)
runs = st.integers(1, MAX_RUN)
PHONE, OFFICE_SEAL = SignKey.generate(), SealKey.generate()


@st.composite
def headers(draw):
    n = draw(st.one_of(st.just(1), counts))
    seen = draw(st.one_of(st.just((0, 0, NONE)), st.tuples(counts, counts, names)))
    blobs = draw(
        st.lists(st.tuples(names, st.integers(1, 1_114_112)), max_size=16, unique_by=lambda blob: blob[0])
    )
    return Header(
        draw(names),
        draw(names),
        draw(names),
        draw(runs),
        n,
        NONE if n == 1 else draw(names),
        seen,
        tuple(blobs),
    )


texts = st.text(max_size=40)
json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-999_999_999_999_999, 999_999_999_999_999), texts),
    lambda inner: st.one_of(
        st.lists(inner, max_size=5),
        st.dictionaries(texts.filter(lambda t: t != "__proto__"), inner, max_size=5),
    ),
    max_leaves=30,
)
bodies = st.dictionaries(texts.filter(lambda t: t != "__proto__"), json_values, max_size=6)


def tried(read, data):
    """What was read, or the code it was refused with."""
    try:
        return read(data)
    except SyncError as error:
        return error.code


@given(headers())
def test_a_header_prints_as_it_was_read(header):
    assert Header.parse(header.to_bytes()) == header


@given(headers(), st.integers(0, 5000), st.integers(0, 255))
def test_a_header_with_a_byte_changed_is_refused_or_prints_as_it_was_read(header, at, byte):
    data = bytearray(header.to_bytes())
    data[at % len(data)] = byte
    read = tried(Header.parse, bytes(data))
    assert read in ("malformed", "unknown_version") or read.to_bytes() == data


@given(st.binary(max_size=400))
def test_noise_never_passes_for_a_header_or_a_batch(noise):
    with pytest.raises(SyncError):
        Header.parse(noise)
    found = tried(parse_batch, noise)
    assert found == "malformed" or all(isinstance(one, SyncError) and one.envelope for one in found)


@given(st.binary(max_size=80))
def test_b64u_has_one_spelling(data):
    assert unb64u(b64u(data)) == data


@given(st.text("ABCabc019-_=+/ \n", max_size=12))
def test_what_reads_as_b64u_is_how_its_bytes_are_written(text):
    data = tried(unb64u, text)
    assert data == "malformed" or b64u(data) == text


@given(bodies)
def test_json_comes_back_as_it_went(body):
    assert read_json(write_json(body)) == body


@given(bodies)
@settings(max_examples=50)
def test_a_sealed_body_opens_under_its_header_and_no_other(body):
    header = Header(*[b64u(bytes(32))] * 3, run=1, n=1, prev=NONE)
    sealed = seal(OFFICE_SEAL.public, header.to_bytes(), pack(body))
    assert unpack(open_sealed(OFFICE_SEAL, header.to_bytes(), sealed)) == body

    other = dataclasses.replace(header, run=2)
    with pytest.raises(SyncError, match="unreadable"):
        open_sealed(OFFICE_SEAL, other.to_bytes(), sealed)


@given(st.integers(0, 1 << 32))
def test_padding_is_enough_and_never_a_lot(size):
    padded = padded_size(size)
    assert max(size, MIN_PADDED_BYTES) <= padded
    assert padded <= max(MIN_PADDED_BYTES, size * 1.12)
    assert padded_size(padded) == padded


def test_what_fits_no_envelope_is_refused_before_it_is_sealed():
    noise = "".join(chr(0x4E00 + at * 7919 % 20_000) for at in range(1_300_000))
    with pytest.raises(SyncError, match="too_big"):
        pack({"t": noise})
    with pytest.raises(SyncError, match="too_big"):
        Envelope.make(Header(*[b64u(bytes(32))] * 3, run=1, n=1, prev=NONE), bytes(1_048_577), PHONE)


def test_a_batch_over_its_bytes_is_refused_on_both_sides():
    header = Header(*[b64u(bytes(32))] * 3, run=1, n=1, prev=NONE)
    one = Envelope.make(header, bytes(1_048_576), PHONE)
    assert parse_batch(make_batch([one] * 7))[6] == one
    with pytest.raises(SyncError, match="too_big"):
        make_batch([one] * 8)
    with pytest.raises(SyncError, match="too_big"):
        parse_batch(one.to_frame() * 8)


@given(st.text(ALPHABET, min_size=16, max_size=16), st.integers(0, 16), st.integers(1, 31))
def test_every_single_mistyped_symbol_of_a_code_is_noticed(code, place, step):
    whole = code + check_symbol(code)
    assert read_code(spell(whole)) == code

    wrong = ALPHABET[(ALPHABET.index(whole[place]) + step) % 32]
    with pytest.raises(SyncError, match="bad_code"):
        read_code(whole[:place] + wrong + whole[place + 1 :])


small = st.integers(0, 6)
ids = st.sampled_from(["A", "B", "C", "D"])


@dataclasses.dataclass
class One:
    id: str
    run: int
    n: int
    prev: str

    @property
    def header(self):
        return self


positions = st.builds(lambda run, n, id_: Position(run, n, id_) if run and n else START, small, small, ids)
ones = st.builds(One, ids, st.integers(1, 6), st.integers(1, 6), ids)


@given(positions, ones)
def test_only_the_next_or_a_first_is_ever_accepted(position, one):
    says = judge(position, one)
    if says == "next":
        assert (one.run, one.n, one.prev) == (position.run, position.n + 1, position.id)
    if says == "new_run":
        assert one.run > position.run
        assert one.n == 1
    if covers(position, one.run, one.n):
        assert says in ("known", "fork", "old_run")


@given(positions, st.integers(1, 6), st.integers(1, 2000))
def test_the_relay_takes_exactly_the_window_above_the_position(position, run, n):
    says = takes(position, run, n)
    assert (says == "covered") == covers(position, run, n)
    if says == "take":
        assert n <= (position.n if run == position.run else 0) + WINDOW


@st.composite
def up_chains(draw):
    """As a phone's store can be: everything above the floor is kept."""
    run, head, floor = draw(st.integers(1, 6)), draw(small), draw(small)
    assume(floor <= head)
    id_at = {n: draw(ids) + str(n) for n in range(1, head + 1)}
    held = draw(positions)
    return UpChain(
        Position(run, head, id_at.get(head, NONE)),
        Position(run, floor, id_at[floor]) if floor else START,
        {n: id_ for n, id_ in id_at.items() if n > floor},
        held,
    )


@given(up_chains(), positions, small, small)
def test_a_phone_forgets_only_its_own_and_only_what_is_held(chain_, held, safe_run, safe_n):
    upto = may_forget(chain_, held, safe_run, safe_n)
    if upto:
        assert after_receipt(chain_, held) != "repack"
        assert held.run == safe_run == chain_.head.run
        assert upto <= min(held.n, safe_n, chain_.head.n)


@given(up_chains(), positions)
def test_what_a_phone_does_not_repack_it_can_still_deliver_in_order(chain_, held):
    """The envelope after *held* is kept, or there is none: else the office would wait for ever."""
    if after_receipt(chain_, held) == "repack":
        return
    n = held.n + 1 if held.run == chain_.head.run else 1
    assert n > chain_.head.n or n in chain_.kept


@given(st.lists(st.tuples(st.integers(1, 6), st.integers(1, 6)), unique=True), positions)
def test_nothing_listed_and_nothing_held_means_everything_again(sent, held):
    again = to_send_again(sent, held, [])
    assert again == [place for place in sent if not covers(held, *place)]
    assert to_send_again(sent, held, [(run, n, n) for run, n in again]) == []


@given(st.integers(0, 2_000_000_000), st.integers(0, 2_000_000_000))
def test_a_new_run_is_above_every_known_one(now, highest):
    assert chain.next_run(now, highest) > highest
