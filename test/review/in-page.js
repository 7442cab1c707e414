/* global document, axe */
// runs in the page of the report, beside axe

function openAll(most = Infinity) {
  [...document.querySelectorAll('details')].slice(0, most).forEach(one => { one.open = true; });
}

/** Whether a section has something to open, such as a role. */
function focusFirst(section) {
  const button = document.querySelector(`#${section} td button`);
  button?.focus();
  return button !== null;
}

function openedPanel() {
  return document.querySelector('[popover]:popover-open')?.textContent ?? '';
}

/** Boxes over each other, neither of which is in the other, and texts beyond their box. */
function wrongBoxes() {
  const isIn = (one, two) => one.left >= two.left - 0.5 && one.right <= two.right + 0.5
    && one.top >= two.top - 0.5 && one.bottom <= two.bottom + 0.5;
  const isApart = (one, two) => one.right <= two.left || two.right <= one.left || one.bottom <= two.top || two.bottom <= one.top;
  return [...document.querySelectorAll('svg')].flatMap(svg => {
    const boxes = [...svg.querySelectorAll('rect')].map(one => one.getBoundingClientRect());
    const over = boxes.flatMap((one, index) => boxes.slice(index + 1)
      .filter(two => !isApart(one, two) && !isIn(one, two) && !isIn(two, one)).map(() => `a box is over another in ${svg.ariaLabel}`));
    const beyond = [...svg.querySelectorAll('g > text')].filter(text =>
      !isIn(text.getBoundingClientRect(), text.parentElement.querySelector('rect').getBoundingClientRect()));
    return [...over, ...beyond.map(text => `beyond its box: ${text.textContent}`)];
  });
}

/** Serious ones and worse. */
async function violations(within = 'html') {
  const found = await axe.run(within, { resultTypes: ['violations'] });
  return found.violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes[0].html.slice(0, 200)} and ${nodes.length - 1} more`);
}
