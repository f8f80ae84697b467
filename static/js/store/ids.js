// Ids of events, visits, follow-ups: 16 random bytes (EVENTS.md).

import { b64u } from "../../../sync/encoding.js"

export const newId = () => b64u(crypto.getRandomValues(new Uint8Array(16)))

/** @param {number} [ms] @returns {string} RFC 3339 UTC to the second (SPEC 1.6) */
export const timeText = (ms = Date.now()) => new Date(ms).toISOString().replace(/\.[0-9]+Z$/, "Z")
