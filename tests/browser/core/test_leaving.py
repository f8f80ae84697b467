"""What leaves the phone, how much at once, and what is noted of it; the line stands in for the relay's door."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser

KIB = 1024

# Each row of 1 KiB; time on the line is counted, not waited for.
ON_A_LINE = """async ({ many, perMs, breaks }) => {
  const { outbox } = await import("/static/js/store/outbox_db.js")
  const { push } = await import("/static/js/transport/push.js")
  const { SyncError } = await import("/sync/errors.js")
  const ids = Array.from({ length: many }, (_, n) => `e${n}`)
  await outbox.run(["envelopes"], "readwrite", (tx) => Promise.all(ids.map((id, n) => tx.objectStore("envelopes").put(
    { id, from: "another phone", run: 1, n: n + 1, state: "packed", reason: "", frame: new ArrayBuffer(1024), blobs: [] }))))
  let now = 0
  performance.now = () => now
  const sizes = []
  await push({ push: async (bytes) => {
    const before = now
    sizes.push(bytes.length)
    now += 600 + bytes.length / perMs
    if (breaks || now - before > 45_000) throw new SyncError("no_signal")
    return { incarnation: "one", answers: ids.map((id) => ({ id, answer: "stored" })) }
  } }).catch(() => null)
  delete performance.now
  return { sizes, left: await outbox.run(["envelopes"], "readonly", (tx) => tx.objectStore("envelopes").count()) }
}"""


def test_a_request_carries_what_the_line_has_shown(amina):
    amina.page.context.set_offline(True)

    def over(line, many=1500, *, breaks=False):
        told = amina.page.evaluate(ON_A_LINE, {"many": many, "perMs": line, "breaks": breaks})
        assert told["left"] == (many if breaks else 0)
        return told["sizes"]

    good, weak = 1_000, 8  # bytes a millisecond: 8 Mbit/s, 64 kbit/s
    assert over(good, 2) == [2 * KIB]  # a word says little of the line
    assert over(good, 300) == [300 * KIB]  # a small rest goes with the first
    assert over(good) == [256 * KIB, 512 * KIB, 512 * KIB, 220 * KIB]
    # What a good line carried is not asked of a weak one, which has 45 seconds for a request; then about four of it.
    assert [size // KIB for size in over(weak, 800)[:4]] == [256, 30, 27, 26]
    assert [size // KIB for size in over(good)[:3]] == [25, 159, 512]
    assert over(weak, 100)[0] == 100 * KIB
    assert over(weak, 100)[0] < 32 * KIB  # small, and slow: that says enough
    (lost,) = over(weak, 60, breaks=True)
    assert 20 * KIB < lost < 32 * KIB
    assert over(weak, 60)[0] == 16 * KIB  # never less, or it would be asked for ever


NAMELESS = """async () => {
  const { outbox } = await import("/static/js/store/outbox_db.js")
  const { push } = await import("/static/js/transport/push.js")
  await outbox.run(["envelopes"], "readwrite", (tx) => tx.objectStore("envelopes").put(
    { id: "e", from: "another phone", run: 1, n: 1, state: "packed", reason: "", frame: new ArrayBuffer(64), blobs: [] }))
  const code = await push({ push: async () => ({ incarnation: "", answers: [{ id: "e", answer: "stored" }] }) }).catch(({ code }) => code)
  return [code, (await outbox.get("envelopes", "e"))?.state]
}"""


def test_a_relay_that_does_not_say_which_it_is_is_not_believed(amina):
    amina.page.context.set_offline(True)
    assert amina.page.evaluate(NAMELESS) == ["malformed", "packed"]


PACKED_ANEW = """async () => {
  const session = await import("/static/js/session/session.js")
  const { outbox, setMeta } = await import("/static/js/store/outbox_db.js")
  const { push } = await import("/static/js/transport/push.js")
  const all = () => outbox.run(["envelopes"], "readonly", (tx) => tx.objectStore("envelopes").index("order").getAll())
  await setMeta("incarnation", "one")
  for (const at of Array(2).fill(new Date().toISOString())) await session.write("case.viewed", "case-a", { at })
  const [first, second] = await all()
  await outbox.run(["envelopes"], "readwrite", (tx) => tx.objectStore("envelopes").put({ ...first, state: "refused", reason: "too_big" }))
  await push({ push: async () => {
    await session.sendAgain(first.id) // a person: everything here is sealed anew
    return { incarnation: "one", answers: [{ id: second.id, answer: "stored" }] }
  } })
  return { old: [first.id, second.id], rows: (await all()).map(({ id, state, n }) => ({ id, state, n })) }
}"""


def test_what_was_packed_anew_while_its_answer_was_on_the_way_is_not_brought_back(amina):
    amina.page.context.set_offline(True)
    told = amina.page.evaluate(PACKED_ANEW)

    assert [(row["state"], row["n"]) for row in told["rows"]] == [("packed", 1), ("packed", 2)]
    assert not {row["id"] for row in told["rows"]} & set(told["old"])
