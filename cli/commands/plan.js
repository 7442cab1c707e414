// @ts-check
'use strict';

/** @type {import('../main').Command} */
module.exports = {
  summary: 'tell what deploying the app would do, and what of it cannot be undone',
  run: async (words) => require('../review').plan(words),
};
