// @ts-check
// The order in which boxes get their turn: that of the backward pass, or the forward order, as far as one picture shows
// them. A folded box is one turn, from the first to the last step inside it. Second of the three scripts of the page.

/** A turn: the box, its first and its last step. @typedef {{box: number, first: number, last: number}} Turn */

/** @param {Box} box @param {boolean} forward @returns {[number, number]} -1 where it has no turn */
function span(box, forward) {
  if (box[0] === "group") return /** @type {[number, number]} */ (forward ? [box[12], box[13]] : [box[10], box[11]]);
  if (!isNode(box)) return [-1, -1];
  const step = data.nodes[box[1]][forward ? 2 : 1];
  return [step, step];
}

/** @param {Picture} picture @param {boolean} forward @returns {Turn[]} */
function turns(picture, forward) {
  return picture[4]
    .map((box, n) => ({ box: n, first: span(box, forward)[0], last: span(box, forward)[1] }))
    .filter((turn) => turn.first >= 0 && !["from", "to"].includes(picture[4][turn.box][0]))
    .sort((a, b) => a.first - b.first);
}

/** Where in these turns a step lies. @param {Turn[]} order @param {number} step */
function position(order, step) {
  const after = order.findIndex((turn) => turn.first > step);
  return Math.max((after < 0 ? order.length : after) - 1, 0);
}

/** "step 4 of 9: tanh"; of a folded box "steps 4 to 9 of 20: …". @param {Picture} picture @param {Turn[]} order @param {number} at */
function whereSaid(picture, order, at, forward = false) {
  if (!order.length) return "no step here";
  const turn = order[at];
  const box = picture[4][turn.box];
  const name = box[0] === "group" ? called(box) : words(data.nodes[box[1]][0]).split("  ")[0];
  if (forward) return `forward ${at + 1} of ${order.length}: ${name}`;
  const steps = turn.first === turn.last ? `step ${turn.first + 1}` : `steps ${turn.first + 1} to ${turn.last + 1}`;
  return `${steps} of ${data.steps}: ${name}`;
}

/** What a turn does, as a sentence. @param {Picture} picture @param {Turn} turn @param {boolean} forward */
function turnSaid(picture, turn, forward) {
  const box = picture[4][turn.box];
  if (box[0] === "group") return forward ? "the ops in this box run" : "the gradient goes through this box";
  const [heading, , , , ways] = data.nodes[box[1]];
  if (forward) return `it makes ${words(heading).replace(/ {2,}/g, " ")}`;
  const come = box[7] ? [words(box[6][box[6].length - 1])] : [];
  const on = ways.filter(([target]) => target >= 0).map(([target, said]) => `[${target}] gets ${words(said)}`);
  return [...come, ...on].join("; ");
}
