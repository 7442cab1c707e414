// @ts-check
'use strict';

const { join } = require('node:path');

/** @type {import('../main').Command} */
module.exports = {
  summary: 'write what the app makes as one page, or as Markdown',
  run: async (words) => require(join(__dirname, '..', 'review.js')).report(words),
};
