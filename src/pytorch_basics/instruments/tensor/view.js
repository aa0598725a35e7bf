// @ts-check
// Links what Python drew: point at an index and its storage cells light up, and the other way round; arrow keys too.
// The picture is whole without this script. In goes the record beside it; nothing leaves the page.

/** @typedef {{name: string, storage: number|null, byte_offset: number, byte_strides: number[], itemsize: number}} Tensor */
/** @typedef {{itemsize: number, phase: number}} Storage */

/** @type {{tensors: Tensor[], storages: Storage[]}} */
const record = JSON.parse(/** @type {HTMLElement} */ (document.getElementById("record")).textContent || "");
const say = /** @type {HTMLElement} */ (document.getElementById("say"));
const cells = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("td[data-c], td[data-i]")]);
/** @type {HTMLElement|null} */
let held = null; // the focused cell: what stays lit when the pointer leaves

/** @param {HTMLElement} el @returns {number} the tensor or storage a cell is drawn in */
const owner = (el) => Number(/** @type {HTMLElement} */ (el.closest("[data-t], [data-s]")).dataset[el.dataset.i === undefined ? "s" : "t"]);
/** @param {HTMLElement} el */
const value = (el) => (el.firstChild?.textContent || "").trim();
/** @param {HTMLElement} el @returns {number[]} */
const index = (el) => (el.dataset.i ? el.dataset.i.split(",").map(Number) : []);

/** The first byte of a tensor's element, and the cells it lies in. @param {HTMLElement} el */
function place(el) {
  const tensor = record.tensors[owner(el)];
  const storage = record.storages[/** @type {number} */ (tensor.storage)];
  const byte = index(el).reduce((sum, i, d) => sum + i * tensor.byte_strides[d], tensor.byte_offset);
  const first = Math.floor((byte - storage.phase) / storage.itemsize);
  const last = Math.floor((byte + tensor.itemsize - 1 - storage.phase) / storage.itemsize);
  return { tensor, storage, byte, first, last };
}

/** @param {HTMLElement} el */
const label = (el) => `${record.tensors[owner(el)].name}[${index(el).join(", ")}]`;

/** @param {HTMLElement} el @returns {HTMLElement[]} what lies in the same bytes, on the other side */
function partners(el) {
  if (el.dataset.i === undefined) {
    const cell = Number(el.dataset.c);
    return cells.filter((other) => {
      if (other.dataset.i === undefined) return false;
      const { tensor, first, last } = place(other);
      return tensor.storage === owner(el) && first <= cell && cell <= last;
    });
  }
  const { tensor, first, last } = place(el);
  const strip = document.querySelector(`[data-s="${tensor.storage}"]`);
  const found = [];
  for (let cell = first; cell <= last; cell++) {
    found.push(strip?.querySelector(`[data-c="${cell}"]`) || strip?.querySelector(".gap"));
  }
  return /** @type {HTMLElement[]} */ (found.filter(Boolean));
}

/** @param {HTMLElement} el @returns {string} */
function sentence(el) {
  if (el.dataset.i === undefined) {
    const { itemsize, phase } = record.storages[owner(el)];
    const names = partners(el).map(label);
    const users = names.length ? `is ${names.join(", ")}` : "is at no index drawn here";
    return `element ${el.dataset.c} of the storage (byte ${phase + Number(el.dataset.c) * itemsize}), ${value(el)}, ${users}`;
  }
  const { byte, first, last } = place(el);
  const where = first === last ? `element ${first}` : `elements ${first} to ${last}`;
  const drawn = partners(el).some((other) => other.dataset.c !== undefined) ? "" : ", not drawn here";
  return `${label(el)} = ${value(el)} is ${where} of the storage (byte ${byte})${drawn}`;
}

/** @param {HTMLElement|null} el */
function light(el) {
  document.querySelectorAll(".on, .lit").forEach((old) => old.classList.remove("on", "lit"));
  if (!el) return;
  el.classList.add("on");
  partners(el).forEach((other) => other.classList.add("lit"));
  say.textContent = sentence(el);
}

/** The cell one step away: by index in a tensor, by cell in a strip. @param {HTMLElement} el @param {string} key */
function next(el, key) {
  const block = /** @type {HTMLElement} */ (el.closest("[data-t], [data-s]"));
  const all = /** @type {HTMLElement[]} */ ([...block.querySelectorAll("td[data-c], td[data-i]")]);
  const at = all.indexOf(el);
  if (key === "Home") return all[0];
  if (key === "End") return all[all.length - 1];
  if (key === "ArrowRight") return all[at + 1];
  if (key === "ArrowLeft") return all[at - 1];
  const line = /** @param {HTMLElement} td */ (td) => [...block.querySelectorAll("tr")].filter((tr) => tr.querySelector("td[data-c], td[data-i]")).indexOf(/** @type {any} */ (td.parentElement));
  const column = /** @param {HTMLElement} td */ (td) => [.../** @type {HTMLElement} */ (td.parentElement).children].indexOf(td);
  const wanted = line(el) + (key === "ArrowDown" ? 1 : -1);
  return all.find((td) => line(td) === wanted && column(td) === column(el));
}

document.querySelectorAll("[data-t], [data-s]").forEach((block) => {
  block.querySelectorAll("td[data-c], td[data-i]").forEach((td, k) => td.setAttribute("tabindex", k ? "-1" : "0"));
});
/** @param {Event} event @returns {HTMLElement|null} */
const target = (event) => /** @type {HTMLElement} */ (event.target).closest("td[data-c], td[data-i]");
document.addEventListener("mouseover", (event) => light(target(event) || held));
document.documentElement.addEventListener("mouseleave", () => light(held));
document.addEventListener("focusin", (event) => light((held = target(event))));
document.addEventListener("focusout", () => light((held = null)));
document.addEventListener("keydown", (event) => {
  const from = target(event);
  if (!from || !/^(Arrow(Left|Right|Up|Down)|Home|End)$/.test(event.key)) return;
  event.preventDefault();
  const to = next(from, event.key);
  if (!to) return;
  from.setAttribute("tabindex", "-1");
  to.setAttribute("tabindex", "0");
  to.focus();
});
document.addEventListener("click", (event) => target(event)?.focus());
