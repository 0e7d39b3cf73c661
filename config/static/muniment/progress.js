// A page that shows how far a job is looks again by itself; without script there is a link. It reloads when the job has ended.
"use strict";

const SECONDS = 2;

async function look() {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.getElementById("progress");
  if (!fresh || !("watch" in fresh.dataset)) {
    location.reload();
    return;
  }
  document.getElementById("progress").replaceChildren(...fresh.childNodes);
  setTimeout(look, SECONDS * 1000);
}

setTimeout(look, SECONDS * 1000);
