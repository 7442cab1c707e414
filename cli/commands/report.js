// @ts-check
'use strict';

/** @type {import('../main').Command} */
module.exports = {
  summary: 'write what the app makes as one page, or as Markdown',
  run: async (words) => require('../review').report(words),
};
