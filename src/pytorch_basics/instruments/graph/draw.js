// @ts-check
// Draws one picture of a graph: boxes, lines, and what the panel says of a box. First of the three scripts of the page;
// `view.js` says when. In goes the record beside it (pack.py says how it is laid out); nothing leaves the page.

/** kind, node/stop/picture, x, y, width, height, texts, how many of them come late, marked?, and of a group: title,
 *  first and last step, first and last number in the forward order.
 * @typedef {[string, number, number, number, number, number, number[], number, number?, number?, number?, number?, number?, number?]} Box */
/** source box, target box, points, edges or (negative) stop @typedef {[number, number, number[], number[]|number]} Line */
/** title, picture it is opened from, width, height, boxes, lines @typedef {[number, number, number, number, Box[], Line[]]} Picture */
/** target node or -1, text, numbers that came along @typedef {[number, number, number?]} Way */
/** heading, step, forward number, [kind, text] lines, ways @typedef {[number, number, number, [number, number][], Way[]]} Node */

/** @type {{ran: boolean, steps: number, pictures: Picture[], nodes: Object<number, Node>, stops: number[], texts: string[],
 *  modules: [number, string][]}} */
const data = JSON.parse(/** @type {HTMLElement} */ (document.getElementById("record")).textContent || "");
/** Each module's path: as many letters of the one before, and the rest. @type {string[]} */
const modules = [];
for (const [same, rest] of data.modules) modules.push((modules[modules.length - 1] || "").slice(0, same) + rest);
const LINE = 15;
const PAD = 6;
const GRADIENT = 4;
const CLASSES = ["fact", "saved", "odd", "numbers", "gradient"];
const ROUND = { leaf: 13, from: 12, to: 12 };

/** @param {string} id */
const byId = (id) => /** @type {any} */ (document.getElementById(id));
/** @param {number} n */
const words = (n) => data.texts[n].replace(/\ue000(\d+)\ue000/g, (_, m) => modules[m]);
/** @param {string} s */
const escaped = (s) => s.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
/** @param {Box} box */
const isNode = (box) => box[0] !== "group" && box[0] !== "stop" && box[1] >= 0;

/** What a box is called in a sentence. @param {Box} box @returns {string} */
function called(box) {
  if (box[0] === "group") return words(/** @type {number} */ (box[9]));
  if (!isNode(box)) return box[6].map(words).join(" ");
  const name = words(data.nodes[box[1]][0]).replace(/ {2,}/g, " ");
  return box[0] === "from" || box[0] === "to" ? `${box[0]} [${box[1]}] ${name}, outside of this box` : `[${box[1]}] ${name}`;
}

/** Straight through a layer, bent between two. @param {number[]} p */
function bent(p) {
  let d = `M${p[0]} ${p[1]}`;
  for (let k = 2; k < p.length; k += 2) {
    const [x0, y0, x1, y1] = p.slice(k - 2, k + 2);
    const middle = (y0 + y1) >> 1;
    d += x0 === x1 ? `V${y1}` : `C${x0} ${middle} ${x1} ${middle} ${x1} ${y1}`;
  }
  return d;
}

/** @param {Box} box @param {number} n */
function drawnBox(box, n) {
  const [kind, , x, y, w, h, lines, late] = box;
  const at = `width=${w} height=${h} rx=${/** @type {any} */ (ROUND)[kind] || 3}`;
  const [left, top] = [x - (w >> 1), y - (h >> 1)];
  const behind = kind === "group" ? `<rect class=behind x=${left + 4} y=${top + 4} ${at} />` : "";
  const texts = lines.map((line, k) => {
    const look = words(line).startsWith("! ") ? "warn" : k === 0 ? "head" : k >= lines.length - late ? "late" : "soft";
    return `<text class=${look} x=${left + PAD + 2} y=${top + PAD + LINE * k + 11}>${escaped(words(line))}</text>`;
  });
  const opens = kind === "group" && box[1] < 0 ? " shut" : "";
  const marked = kind !== "group" && box[8] ? " odd" : "";
  return `<g class="box ${kind}${marked}${opens}" data-b=${n} tabindex=-1 role=button aria-label="${escaped(called(box))}">` +
    `${behind}<rect x=${left} y=${top} ${at} />${texts.join("")}</g>`;
}

/** @param {Picture} picture */
function drawnPicture(picture) {
  const [title, , width, height, boxes, lines] = picture;
  const paths = lines.map(([, target, points], n) => {
    const d = bent(points);
    return `<path class=hit data-l=${n} d="${d}"/><path class="edge${boxes[target][0] === "stop" ? " stop" : ""}" data-l=${n} d="${d}"/>`;
  });
  const arrow = (/** @type {string} */ id) => `<marker id=${id} viewBox="0 0 8 8" refX=8 refY=4 markerWidth=8 markerHeight=8 ` +
    `orient=auto-start-reverse markerUnits=userSpaceOnUse><path d="M0 0L8 4L0 8z"/></marker>`;
  return `<svg width=${width} height=${height} viewBox="0 0 ${width} ${height}" role=group aria-label="${escaped(words(title))}">` +
    `${arrow("arrow")}${arrow("arrow-on")}<g>${paths.join("")}</g><g>${boxes.map(drawnBox).join("")}</g></svg>`;
}

/** @param {Way} way @param {boolean} come */
function drawnWay([target, said, came], come) {
  if (target < 0) return `<li class=stopped>⊘ no gradient to ${escaped(words(said))}`;
  const node = data.nodes[target];
  const who = node ? words(node[0]).split("  ")[0] : "a node that is not drawn";
  const numbers = came === undefined || !come ? "" : `<span class="n gradient">${escaped(words(came))}</span>`;
  return `<li><button type=button data-go=${target}>[${target}] ${escaped(who)}</button> gets ${escaped(words(said))}${numbers}`;
}

/** What the panel says of a box; `come` is whether the gradient has reached it, `forward` whether that is not asked.
 * @param {Box} box @param {boolean} come @param {boolean} forward */
function drawnPanel(box, come, forward) {
  if (box[0] === "stop") return `<h3>⊘ no gradient</h3><p>${escaped(words(data.stops[box[1]] ?? box[6][0]))}</p>`;
  if (box[0] === "group") {
    const open = box[1] < 0 ? "<p>Too many nodes to draw them all: this one stays folded. Graph a part of the code to see it.</p>"
      : "<p><button type=button id=open>Open it</button> (Enter; Escape goes back)</p>";
    return `<h3>${escaped(called(box))}</h3><p>${box[6].slice(1).map(words).map(escaped).join("")}</p>${open}`;
  }
  if (!isNode(box)) return `<h3>${escaped(called(box))}</h3>`;
  const [heading, step, , lines, ways] = data.nodes[box[1]];
  const said = lines.filter(([kind]) => come || kind !== GRADIENT).map(([kind, line]) =>
    `<p class="${CLASSES[kind]}${words(line).includes("\n") || /^[ \d-]/.test(words(line)) ? " n pre" : ""}">${escaped(words(line))}</p>`);
  if (!come && !forward && step >= 0) said.push("<p class=fact>its gradient has not come yet at this step</p>");
  const out = ways.length ? `<h4>of the gradient that comes here</h4><ul>${ways.map((way) => drawnWay(way, come)).join("")}</ul>` : "";
  const outside = box[0] === "from" || box[0] === "to" ? "<p><button type=button id=open>Show it</button> (Enter)</p>" : "";
  return `<h3><span class=n>[${box[1]}]</span> ${escaped(words(heading))}</h3>${outside}${said.join("")}${out}`;
}
