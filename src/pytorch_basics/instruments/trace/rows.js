// @ts-check
// Draws the rows of a trace: ops nested in modules, passes and repetitions, and storages on an axis of ops. What there
// is and what it is called comes from links.js, which stands above this in the page; view.js, below it, opens, lights
// and moves. A row's key is in its data-key.

/** @param {string} id */
const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));
const panels = { o: byId("ops"), l: byId("lines"), s: byId("storages") };
const MOST_DRAWN = 3000; // rows in a list; more are found by searching
/** @type {Set<string>} what stands open: groups and ops, by key, and "before" for the storages of before */
const open = new Set();
/** @type {Map<string, HTMLElement>} the rows that are drawn, by key */
let drawn = new Map();
let query = ""; // what was typed, in small letters

/** @param {unknown} text */
const safe = (text) => String(text).replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
/** A module that ran one op is one row with it. @param {Row} one @returns {Op|null} */
function single(one) {
  if (!("rows" in one)) return one;
  return one.kind === "call" && one.rows.length === 1 && !("rows" in one.rows[0]) ? one.rows[0] : null;
}

/** Whether an op is found by what was typed: its name, its tensors' names, the modules around it. @param {Op} op */
function matches(op) {
  const texts = [op.name, op.path, ...[...op.ins, ...op.outs].map((t) => tensors[t].name)];
  return texts.some((text) => text.toLowerCase().includes(query));
}

/** @param {Row[]} rows @param {number} level @param {Set<number>|null} found @param {string[]} out */
function collect(rows, level, found, out) {
  for (const one of rows) {
    const op = single(one);
    if (found && !(op ? found.has(op.at) : /** @type {Group} */ (one).ops.some((k) => found.has(k)))) continue;
    if (op) {
      out.push(opRow(op, "rows" in one ? moduleOf(one) : "", level));
    } else {
      const group = /** @type {Group} */ (one);
      const shown = found !== null || open.has(`g${group.id}`);
      out.push(groupRow(group, level, shown));
      if (shown) collect(group.rows, level + 1, found, out);
    }
  }
}

/** @param {string} key @param {number} level @param {boolean|null} shown @param {string} kind */
function rowStart(key, level, shown, kind) {
  const expanded = shown === null ? "" : ` aria-expanded=${shown}`;
  return `<div role=row class="r ${kind}" data-key=${key} tabindex=-1 aria-level=${level}${expanded} style="--in:${level - 1}">`;
}
/** @param {boolean|null} shown @param {string} what */
function button(shown, what) {
  if (shown === null) return "<span class='fold none'></span>";
  return `<button class=fold tabindex=-1 aria-expanded=${shown} aria-label="${shown ? "fold" : "unfold"} ${safe(what)}"></button>`;
}
/** @param {string} kind @param {string} text */
const cell = (kind, text) => `<span role=gridcell class="${kind}">${text}</span>`;

/** A module beside the one op it ran: its name, as far as the rows above do not say it. @param {Group} group */
const moduleOf = (group) => (group.path ? group.short.split(" ")[0] : group.short);
/** @param {Group} group @param {number} level @param {boolean} shown */
function groupRow(group, level, shown) {
  const fold = group.rows.length ? shown : null;
  const count = group.ops.length === 1 ? "1 op" : `${group.ops.length.toLocaleString("en")} ops`;
  const kind = { repeat: "repeats", call: "module", backward: "pass" }[group.kind] || "";
  return rowStart(`g${group.id}`, level, fold, "group") + cell("name", button(fold, group.title) + safe(group.short)) +
    cell("kind", kind) + cell("out", count) + cell("num", safe(group.size)) + "</div>";
}
/** @param {Op} op @param {string} module @param {number} level */
function opRow(op, module, level) {
  const key = `o${op.at}`, shown = open.has(key);
  const others = op.outs.length > 1 ? ` + ${op.outs.length - 1}` : "";
  const out = op.outs.length ? named(op.outs[0]) + others : "–";
  const said = op.remarks.map((remark) => cell(`said${op.odd ? " odd" : ""}`, safe(remark))).join("");
  const inside = module ? ` <span class=mod>${safe(module)}</span>` : "";
  const name = `${button(shown, op.name)}<span class=at>${op.at}</span> ${safe(op.name)}${inside}`;
  return rowStart(key, level, shown, `kind-${op.kind}`) + cell("name", name) + cell("kind", op.kind) + cell("out", safe(out)) +
    cell("num", safe(op.size)) + said + "</div>" + (shown ? detail(op, level) : "");
}
/** @param {Op} op @param {number} level */
function detail(op, level) {
  /** @type {(label: string, texts: string[]) => string[]} */
  const each = (label, texts) => texts.map((text) => `<p role=gridcell><b>${label}</b> ${safe(text)}</p>`);
  const said = [
    ...each("in", op.ins.map(named)), ...each("out", op.outs.map(named)), ...each("aten", op.aten),
    ...each("run by", op.node ? [op.node] : []),
  ];
  return `<div role=row class="r detail" aria-level=${level + 1} style="--in:${level}">${said.join("")}</div>`;
}

/** What a list says where it ends early. @param {number} all */
const more = (all) => (all > MOST_DRAWN ? `<div role=row class="r detail">${cell("", `… ${all - MOST_DRAWN} more: fold, or search`)}</div>` : "");

function drawOps() {
  /** @type {Set<number>|null} */
  const found = query ? new Set(ops.filter(matches).map((op) => op.at)) : null;
  /** @type {string[]} */
  const out = [];
  collect(tree, 1, found, out);
  body(panels.o).innerHTML = out.slice(0, MOST_DRAWN).join("") + more(out.length);
  byId("found").textContent = found ? `${found.size.toLocaleString("en")} of ${ops.length.toLocaleString("en")} ops match` : "";
  stops(panels.o);
}

/** @param {number} at an op's place on the time axis, in percent */
const x = (at) => `${((100 * at) / Math.max(ops.length, 1)).toFixed(2)}%`;
/** @param {Storage} storage @param {number} level */
function storageRow(storage, level) {
  const from = Math.max(storage.made, 0), to = storage.freed < 0 ? ops.length : storage.freed;
  const written = storage.ops.filter((k) => touches[k].get(storage.at) === "writes");
  const writes = written.map((k) => `<u style="left:${x(k + 0.5)}"></u>`).join("");
  const bar = `<i class="${storage.made < 0 ? "before" : ""}" style="left:${x(from)};width:${x(to - from)}"></i>${writes}`;
  return rowStart(`s${storage.at}`, level, null, "") + cell("name", safe(storage.name)) + cell("num", safe(storage.size)) +
    cell("life", bar) + "</div>";
}
function drawStorages() {
  const before = storages.filter((one) => one.made < 0);
  const made = storages.filter((one) => one.made >= 0).sort((a, b) => a.made - b.made);
  const shown = open.has("before");
  const title = `${button(shown, "what was there before")}there before: ${before.length.toLocaleString("en")}`;
  const head = rowStart("before", 1, shown, "group") + cell("name", title) + cell("num", safe(packed.before)) + cell("life", "") + "</div>";
  /** @type {(of: Storage[], level: number) => string} */
  const drawnRows = (of, level) => of.slice(0, MOST_DRAWN).map((one) => storageRow(one, level)).join("") + more(of.length);
  body(panels.s).innerHTML = (before.length ? head : "") + (shown ? drawnRows(before, 2) : "") + drawnRows(made, 1);
  stops(panels.s);
}
/** What was live after each op, as an outline over the bars; the peak's words stand in the heading. */
function drawMemory() {
  const most = ops.reduce((top, op) => Math.max(top, op.live), 1);
  const steps = ops.map((op, k) => `V${(30 - (28 * op.live) / most).toFixed(1)}H${k + 1}`).join("");
  const size = `viewBox="0 0 ${Math.max(ops.length, 1)} 31" preserveAspectRatio=none`;
  byId("memory").innerHTML = `<svg ${size} aria-hidden=true><path d="M0 30${steps}V30Z"/></svg>`;
}

/** @param {HTMLElement} panel */
const body = (panel) => /** @type {HTMLElement} */ (panel.querySelector("[role=rowgroup]"));
/** @param {HTMLElement} panel @returns {HTMLElement[]} */
const rowsOf = (panel) => [...panel.querySelectorAll("[data-key]")].map((el) => /** @type {HTMLElement} */ (el));
/** Each list is one stop for the Tab key: the row that had the focus last, else the first. @param {HTMLElement} panel @param {string} [key] */
function stops(panel, key) {
  const all = rowsOf(panel);
  if (key === undefined) drawn = new Map(Object.values(panels).flatMap(rowsOf).map((el) => [el.dataset.key || "", el]));
  const stop = all.find((el) => el.dataset.key === (key ?? panel.dataset.stop)) || all[0];
  all.forEach((el) => el.setAttribute("tabindex", el === stop ? "0" : "-1"));
  if (key) panel.dataset.stop = key;
}
