// @ts-check
// The page's behaviour: which picture is shown, which box is chosen, which step it is. Last of the three scripts.

const view = byId("view");
const panel = byId("panel");
const say = byId("say");
const slider = byId("step");
/** shown picture, chosen box, reached step, whether steps go forward @type {{shown: number, chosen: number, step: number, forward: boolean}} */
const now = { shown: 0, chosen: 0, step: Infinity, forward: !data.ran };
/** @type {number} */
let playing = 0;
let scale = 1;
const SMALLEST = 0.8; // of 12 pixels: smaller letters are hard to read

const picture = () => data.pictures[now.shown];
const order = () => turns(picture(), now.forward);
/** @param {number} n */
const boxEl = (n) => view.querySelector(`[data-b="${n}"]`);

/** Show a picture and choose a box of it. @param {number} shown @param {number} [chosen] @param {boolean} [focus] */
function show(shown, chosen = 0, focus = false) {
  now.shown = shown;
  view.innerHTML = drawnPicture(picture());
  zoom();
  crumbs();
  mark();
  const box = picture()[4][chosen];
  view.scrollLeft = box[2] * scale - view.clientWidth / 2;
  choose(chosen, focus);
}

/** Shrink a picture that is a little too wide; a much wider one is scrolled. */
function zoom() {
  const svg = view.querySelector("svg");
  const [, , width, height] = picture();
  const fits = (view.clientWidth - 2) / width;
  scale = fits >= 1 ? 1 : Math.max(fits, SMALLEST);
  svg.setAttribute("width", String(width * scale));
  svg.setAttribute("height", String(height * scale));
}

function crumbs() {
  const path = [];
  for (let at = now.shown; at >= 0; at = data.pictures[at][1]) path.unshift(at);
  byId("crumbs").innerHTML = path.length < 2 ? "" : path.map((at) => {
    const title = escaped(words(data.pictures[at][0]));
    return at === now.shown ? `<b aria-current=page>${title}</b>` : `<button type=button data-show=${at}>${title}</button>`;
  }).join(" › ");
}

/** @param {number} n @param {boolean} [focus] */
function choose(n, focus = false) {
  boxEl(now.chosen)?.setAttribute("tabindex", "-1");
  view.querySelectorAll(".chosen").forEach((/** @type {Element} */ old) => old.classList.remove("chosen"));
  now.chosen = n;
  const el = boxEl(n);
  const box = picture()[4][n];
  el.setAttribute("tabindex", "0");
  el.classList.add("chosen");
  panel.innerHTML = drawnPanel(box, data.ran && !now.forward && span(box, false)[0] <= now.step, now.forward);
  panel.scrollTop = 0;
  if (focus) el.focus({ preventScroll: true });
  inSight(box);
  light(n);
}

/** Scroll the picture, not the page. @param {Box} box */
function inSight(box) {
  const [x, y, w, h] = box.slice(2, 6).map((/** @type {any} */ part) => part * scale);
  const { scrollLeft: left, scrollTop: top, clientWidth: wide, clientHeight: high } = view;
  if (y - h < top || y + h > top + high) view.scrollTop = y - high / 2;
  if (x - w / 2 < left || x + w / 2 > left + wide) view.scrollLeft = x - wide / 2;
}

/** Light what is joined to a box. @param {number} n */
function light(n) {
  view.querySelectorAll(".lit").forEach((/** @type {Element} */ old) => old.classList.remove("lit"));
  picture()[5].forEach(([source, target], line) => {
    if (source !== n && target !== n) return;
    view.querySelector(`.edge[data-l="${line}"]`).classList.add("lit");
    boxEl(source === n ? target : source).classList.add("lit");
  });
}

/** Mark what has had its turn, whose turn it is, and which lines carry something now. */
function mark() {
  const found = order();
  const at = position(found, now.step);
  const turn = found[at];
  slider.max = String(Math.max(found.length, 1));
  slider.value = String(at + 1);
  const where = whereSaid(picture(), found, at, now.forward);
  byId("where").textContent = where;
  slider.setAttribute("aria-valuetext", where);
  byId("first").disabled = byId("back").disabled = at === 0;
  byId("next").disabled = byId("last").disabled = at >= found.length - 1;
  view.classList.toggle("is-forward", now.forward);
  const state = picture()[4].map((box) => {
    const [first] = span(box, now.forward);
    return first >= 0 && first <= now.step;
  });
  picture()[4].forEach((_, n) => {
    const el = boxEl(n);
    el.classList.toggle("done", state[n]);
    el.classList.toggle("turn", turn !== undefined && n === turn.box);
  });
  picture()[5].forEach(([source, target, , ways], n) => {
    const edge = view.querySelector(`.edge[data-l="${n}"]`);
    // A backward pass that failed got no further: nothing came along these lines.
    const carries = Array.isArray(ways) && (now.forward || span(picture()[4][target], false)[0] >= 0 || !isNode(picture()[4][target]));
    edge.classList.toggle("done", state[source] && carries);
    edge.classList.toggle("turn", turn !== undefined && source === turn.box && carries);
  });
}

/** Go to a position in the order of this picture. @param {number} at */
function go(at) {
  const found = order();
  if (!found.length) return;
  const to = Math.min(Math.max(at, 0), found.length - 1);
  now.step = found[to].last;
  mark();
  choose(found[to].box);
  say.textContent = `${whereSaid(picture(), found, to, now.forward)}. ${turnSaid(picture(), found[to], now.forward)}`;
}
const here = () => position(order(), now.step);

/** Open what a box stands for. @param {number} n */
function open(n) {
  const box = picture()[4][n];
  if (box[0] === "group" && box[1] >= 0) {
    show(box[1], 0, true);
    say.textContent = `opened ${words(picture()[0])}: ${picture()[4].length} boxes`;
  } else if ((box[0] === "from" || box[0] === "to") && box[1] >= 0) reach(box[1]);
}

/** Choose a node, in the picture that shows it. @param {number} node */
function reach(node) {
  const holds = (/** @type {Picture} */ one) => one[4].findIndex((box) => box[1] === node && (box[0] === "op" || box[0] === "leaf"));
  const inShown = holds(picture());
  if (inShown >= 0) return choose(inShown, true);
  const at = data.pictures.findIndex((one) => holds(one) >= 0);
  if (at < 0) say.textContent = `[${node}] is in a folded box that is not drawn`;
  else show(at, holds(data.pictures[at]), true);
}

function up() {
  const outer = picture()[1];
  if (outer < 0) return;
  const from = now.shown;
  show(outer, data.pictures[outer][4].findIndex((box) => box[0] === "group" && box[1] === from), true);
}

/** The box that an arrow key leads to: down and up along the lines, sideways in the same layer. @param {string} key */
function neighbour(key) {
  const [, , , , boxes, lines] = picture();
  if (key === "Home") return 0;
  if (key === "End") return boxes.length - 1;
  if (key === "ArrowDown") return lines.find(([source]) => source === now.chosen)?.[1];
  if (key === "ArrowUp") return lines.find(([, target]) => target === now.chosen)?.[0];
  const [, , x, y] = boxes[now.chosen];
  const aside = boxes.map((box, n) => ({ n, away: (box[2] - x) * (key === "ArrowRight" ? 1 : -1), level: Math.abs(box[3] - y) }))
    .filter(({ away, level }) => away > 0 && level < 20).sort((a, b) => a.away - b.away);
  return aside[0]?.n;
}

/** What goes along a line, as a sentence. @param {number} n */
function lineSaid(n) {
  const [source, target] = picture()[5][n];
  const [from, to] = [picture()[4][source], picture()[4][target]];
  const way = isNode(from) && isNode(to) ? data.nodes[from[1]][4].find(([at]) => at === to[1]) : undefined;
  const came = way?.[2] !== undefined && span(from, false)[0] <= now.step && !now.forward ? `: ${words(way[2])}` : "";
  return `from ${called(from)} to ${called(to)}${way ? `, which gets ${words(way[1])}${came}` : ""}`;
}

function play() {
  const stop = () => { clearInterval(playing); playing = 0; byId("play").textContent = "Play"; };
  if (playing) return stop();
  if (here() >= order().length - 1) go(0);
  byId("play").textContent = "Pause";
  playing = setInterval(() => (here() >= order().length - 1 ? stop() : go(here() + 1)), 900);
}

const STEPS = { first: () => go(0), back: () => go(here() - 1), next: () => go(here() + 1), last: () => go(Infinity), play };
const KEYS = { Home: STEPS.first, ArrowLeft: STEPS.back, ArrowRight: STEPS.next, End: STEPS.last };
for (const [id, act] of Object.entries(STEPS)) byId(id).addEventListener("click", act);
slider.addEventListener("input", () => go(Number(slider.value) - 1));
byId("forward")?.addEventListener("change", (/** @type {Event} */ event) => {
  now.forward = /** @type {HTMLInputElement} */ (event.target).checked;
  now.step = Infinity;
  mark();
  go(now.forward ? 0 : Infinity);
});
byId("stepper").addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
  const act = /** @type {any} */ (KEYS)[event.key];
  if (!act || event.target === slider) return;
  event.preventDefault();
  act();
});

/** @param {Event} event @param {string} of @returns {HTMLElement|null} */
const target = (event, of) => /** @type {Element} */ (event.target).closest(of);
view.addEventListener("click", (/** @type {MouseEvent} */ event) => {
  const box = target(event, "[data-b]");
  const line = target(event, "[data-l]");
  if (line) say.textContent = lineSaid(Number(line.dataset.l));
  if (!box) return;
  const n = Number(box.dataset.b);
  choose(n, true);
  if (picture()[4][n][0] === "group") open(n);
});
view.addEventListener("mouseover", (/** @type {MouseEvent} */ event) => {
  const box = target(event, "[data-b]");
  if (box) light(Number(box.dataset.b));
});
// Not on mouseover: a picture that scrolls under a resting pointer would talk over the steps.
view.addEventListener("mousemove", (/** @type {MouseEvent} */ event) => {
  const line = target(event, "[data-l]");
  if (line) say.textContent = lineSaid(Number(line.dataset.l));
});
view.addEventListener("mouseleave", () => light(now.chosen));
view.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
  if (event.key === "Escape") up();
  else if (event.key === "Enter" || event.key === " ") open(now.chosen);
  else if (/^(Arrow(Left|Right|Up|Down)|Home|End)$/.test(event.key)) {
    const to = neighbour(event.key);
    if (to !== undefined) {
      choose(to, true);
      say.textContent = called(picture()[4][to]);
    }
  } else return;
  event.preventDefault();
});
panel.addEventListener("click", (/** @type {Event} */ event) => {
  const to = target(event, "[data-go]");
  if (to) reach(Number(to.dataset.go));
  else if (target(event, "#open")) open(now.chosen);
});
panel.addEventListener("mouseover", (/** @type {Event} */ event) => {
  const to = target(event, "[data-go]");
  const n = to ? picture()[4].findIndex((box) => isNode(box) && box[1] === Number(to.dataset.go)) : -1;
  light(now.chosen);
  if (n >= 0) boxEl(n).classList.add("pointed");
});
panel.addEventListener("mouseout", () => view.querySelectorAll(".pointed").forEach((/** @type {Element} */ el) => el.classList.remove("pointed")));
byId("crumbs").addEventListener("click", (/** @type {Event} */ event) => {
  const to = target(event, "[data-show]");
  if (to) show(Number(to.dataset.show), 0, true);
});
addEventListener("resize", zoom);
show(0);
