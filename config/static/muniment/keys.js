// Keyboard use of the search page: "/" goes to the query, j and k move through the results. Everything works without it.
"use strict";

const isTyping = (element) => element.matches("input, select, textarea, [contenteditable]");

function move(step) {
  const links = [...document.querySelectorAll(".result .subject")];
  if (links.length === 0) return;
  const present = links.findIndex((link) => link.closest(".result").contains(document.activeElement));
  const next = present < 0 ? (step > 0 ? 0 : links.length - 1) : Math.min(Math.max(present + step, 0), links.length - 1);
  links[next].focus();
  links[next].closest(".result").scrollIntoView({ block: "nearest" });
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  const query = document.getElementById("q");
  if (event.key === "/" && query) {
    event.preventDefault();
    query.focus();
    query.select();
  } else if (event.key === "j") {
    move(1);
  } else if (event.key === "k") {
    move(-1);
  }
});
