// @ts-check
// Links the three lists: one row lit by pointer or focus, what belongs to it lights up, in words too; a click pins it.
// Arrow keys move, fold and unfold; a search filters. rows.js and links.js stand above this in the page, and nothing
// leaves it.

const say = byId("say");
const search = /** @type {HTMLInputElement} */ (byId("search"));
const hint = say.textContent || "";
let hovered = "", focused = "", pinned = "";

/** Open level by level what fits into so many rows; repetitions last, and of them only the first round, for the others
 * tell nothing new. A failed op always shows. @param {number} most */
function unfold(most) {
  const wanted = (/** @type {Row[]} */ rows) => /** @type {Group[]} */ (rows.filter((one) => !single(one)));
  const queue = wanted(tree), /** @type {Group[]} */ later = [];
  let shown = tree.length;
  for (let one = queue.shift(); one; one = queue.shift() || later.shift()) {
    if (one.kind === "repeat" && queue.length && !later.includes(one)) { later.push(one); continue; }
    if (shown + one.rows.length > most) continue;
    shown += one.rows.length;
    open.add(`g${one.id}`);
    queue.push(...wanted(one.kind === "repeat" && most < Infinity ? one.rows.slice(0, 1) : one.rows));
  }
  for (const op of ops.filter((one) => one.kind === "failed")) {
    open.add(`o${op.at}`);
    op.around.forEach((group) => open.add(`g${group.id}`));
  }
}

/** The row that shows a key, or the folded one it is in. @param {string} key @returns {HTMLElement|undefined} */
function visible(key) {
  const row = drawn.get(key);
  if (row || key[0] === "l") return row;
  if (key[0] === "s") return drawn.get("before");
  const around = key[0] === "o" ? ops[Number(key.slice(1))].around : [];
  return around.map((group) => drawn.get(`g${group.id}`)).findLast(Boolean);
}

/** Light what belongs to the key in hand: pinned before hovered before focused. */
function light() {
  const key = pinned || hovered || focused;
  document.querySelectorAll(".lit, .on, .pinned").forEach((el) => {
    el.classList.remove("lit", "on", "pinned");
    el.removeAttribute("aria-selected");
  });
  document.querySelectorAll("[data-link]").forEach((el) => el.removeAttribute("data-link"));
  cursor(key);
  if (!key || key === "before") { say.textContent = key ? beforeInWords() : hint; return; }
  const links = linked(key);
  mark(panels.o, [...links.ops].map(([k, does]) => [`o${k}`, does]), key);
  mark(panels.l, [...links.lines].map((k) => [`l${k}`, ""]), key);
  mark(panels.s, [...links.storages].map(([k, does]) => [`s${k}`, does]), key);
  const own = visible(key);
  own?.classList.add("lit", "on");
  own?.classList.toggle("pinned", pinned !== "");
  own?.setAttribute("aria-selected", String(pinned !== ""));
  say.textContent = (pinned ? "Pinned (Escape lets go): " : "") + sentence(key);
}
const beforeInWords = () => `${packed.before} were there before the trace: inputs, parameters, what the code already had`;
/** @param {HTMLElement} panel @param {[string, string][]} keys @param {string} from */
function mark(panel, keys, from) {
  /** @type {HTMLElement[]} */
  const lit = [];
  for (const [key, does] of keys) {
    const el = visible(key);
    if (!el) continue;
    if (!el.classList.contains("lit")) lit.push(el);
    el.classList.add("lit");
    if (does && el.dataset.key === key) el.querySelector(".name")?.setAttribute("data-link", does);
  }
  const best = lit.find((el) => el.querySelector("[data-link=makes], [data-link=writes]")) || lit[0];
  if (best && panel !== panelOf(from)) reveal(panel, best);
}
/** @param {string} key */
const panelOf = (key) => (key[0] === "l" ? panels.l : key[0] === "s" || key === "before" ? panels.s : panels.o);
/** Scroll a list, and nothing else, until the row shows. @param {HTMLElement} panel @param {HTMLElement} el */
function reveal(panel, el) {
  const head = panel.querySelector(".top")?.clientHeight || 0, top = el.offsetTop, bottom = top + el.offsetHeight;
  if (top - head < panel.scrollTop) panel.scrollTop = top - head;
  else if (bottom > panel.scrollTop + panel.clientHeight) panel.scrollTop = bottom - panel.clientHeight;
}
/** The line through all bars that says when. @param {string} key */
function cursor(key) {
  const at = key[0] === "o" ? x(Number(key.slice(1)) + 0.5) : "";
  panels.s.style.setProperty("--now", at);
  panels.s.classList.toggle("timed", at !== "");
}

/** @param {string} key @param {boolean} [wanted] */
function toggle(key, wanted) {
  if (key[0] === "l" || key[0] === "s") return;
  if (wanted ?? !open.has(key)) open.add(key);
  else open.delete(key);
  if (key === "before") drawStorages();
  else drawOps();
  light();
  drawn.get(key)?.focus({ preventScroll: true });
}
/** @param {HTMLElement} el @param {string} key */
function move(el, key) {
  const panel = panelOf(el.dataset.key || ""), all = rowsOf(panel), at = all.indexOf(el);
  const level = Number(el.getAttribute("aria-level")), expanded = el.getAttribute("aria-expanded");
  if (key === "ArrowRight" && expanded === "false") return toggle(el.dataset.key || "", true);
  if (key === "ArrowLeft" && expanded === "true") return toggle(el.dataset.key || "", false);
  const above = all.slice(0, at).reverse().find((one) => Number(one.getAttribute("aria-level")) < level);
  const next = all[at + 1], goals = { ArrowDown: next, ArrowRight: next, ArrowUp: all[at - 1], ArrowLeft: above, Home: all[0] };
  const goal = key === "End" ? all[all.length - 1] : goals[key];
  if (!goal) return;
  goal.focus({ preventScroll: true });
  reveal(panel, goal);
}
/** @param {string} key */
function pin(key) {
  pinned = pinned === key ? "" : key;
  light();
}

/** @param {Event} event @returns {HTMLElement|null} */
const target = (event) => /** @type {HTMLElement} */ (event.target).closest?.("[data-key]");
/** @param {string} key */
function hover(key) {
  if (key === hovered) return;
  hovered = key;
  light();
}
document.addEventListener("mouseover", (event) => hover(target(event)?.dataset.key || ""));
document.documentElement.addEventListener("mouseleave", () => hover(""));
document.addEventListener("focusin", (event) => {
  const el = target(event);
  focused = el?.dataset.key || "";
  if (el) stops(panelOf(focused), focused);
  hovered = "";
  light();
});
document.addEventListener("focusout", () => { focused = ""; light(); });
/** What a click or Enter does: pin, or open what holds the storages of before. @param {string} key */
const choose = (key) => (key === "before" ? toggle(key) : pin(key));
document.addEventListener("click", (event) => {
  const key = target(event)?.dataset.key;
  if (!key) return;
  if (/** @type {HTMLElement} */ (event.target).closest(".fold")) toggle(key);
  else choose(key);
});
document.addEventListener("keydown", (event) => {
  const el = target(event), plain = !event.ctrlKey && !event.metaKey && !event.altKey;
  if (event.key === "Escape") letGo();
  else if (event.key === "/" && plain && event.target !== search) search.focus();
  else if (el && plain && (event.key === "Enter" || event.key === " ")) choose(el.dataset.key || "");
  else if (el && plain && /^(Arrow(Left|Right|Up|Down)|Home|End)$/.test(event.key)) move(el, event.key);
  else return;
  event.preventDefault();
});
function letGo() {
  pinned = "";
  search.value = "";
  find();
}
function find() {
  query = search.value.trim().toLowerCase();
  drawOps();
  light();
}
search.addEventListener("input", find);

panels.o.style.setProperty("--digits", String(String(ops.length).length));
unfold(packed.most < 0 ? Infinity : packed.most);
if (packed.most < 0) open.add("before");
drawOps();
drawStorages();
drawMemory();
stops(panels.l);
