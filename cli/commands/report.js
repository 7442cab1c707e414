// @ts-check
'use strict';

const { join } = require('node:path');

const review = () => require(join(__dirname, '..', 'review.js'));

/** @type {import('../list').Command} */
module.exports = {
  summary: 'write what the app makes as one page, or as Markdown',
  options: () => review().options.report,
  run: async (words) => review().report(words),
};
