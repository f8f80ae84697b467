// While a code waits for its phone, look every second and show the page anew once something changed.
// Without this script the page has a link that does the same.

const PAUSE = 1000 // two people wait at the telephone

export function watchMeeting() {
  const place = document.getElementById("meeting-now")
  const url = place?.dataset.state
  if (!place || !url) return
  const look = async () => {
    if (document.visibilityState === "visible") {
      const answer = await fetch(url, { headers: { Accept: "application/json" } }).catch(() => null)
      if (answer?.ok && (await answer.json()).status !== place.dataset.status) return location.reload()
      if (answer && !answer.ok) return
    }
    window.setTimeout(look, PAUSE)
  }
  window.setTimeout(look, PAUSE)
}
