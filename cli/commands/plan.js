// @ts-check
'use strict';

const { join } = require('node:path');

/** @type {import('../main').Command} */
module.exports = {
  summary: 'tell what deploying the app would do, and what of it cannot be undone',
  run: async (words) => require(join(__dirname, '..', 'review.js')).plan(words),
};
