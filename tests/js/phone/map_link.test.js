import { test } from "node:test"
import assert from "node:assert/strict"

import { mapLink } from "../../../static/js/visit/map_link.js"

test("an address is one parameter of the map's link, whatever stands in it, and the only one", () => {
  for (const address of ["草津市大路 1-2-3", "A&q=B?c#d/é 100%", " 角の家（青い屋根）\n "]) {
    const geo = new URL(mapLink(address, false))
    assert.deepEqual([geo.protocol, geo.pathname, geo.hash], ["geo:", "0,0", ""])
    const apple = new URL(mapLink(address, true))
    assert.deepEqual([apple.protocol, apple.host, apple.hash], ["https:", "maps.apple.com", ""])
    for (const link of [geo, apple]) assert.deepEqual([...link.searchParams], [["q", address.trim()]])
  }
})
