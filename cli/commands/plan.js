// @ts-check
'use strict';

const { join } = require('node:path');

const review = () => require(join(__dirname, '..', 'review.js'));

/** @type {import('../list').Command} */
module.exports = {
  summary: 'tell what deploying the app would do, and what of it cannot be undone',
  options: () => review().options.plan,
  run: async (words) => review().plan(words),
};
