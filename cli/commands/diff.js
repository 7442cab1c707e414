// @ts-check
'use strict';

const { join } = require('node:path');

/** @type {import('../main').Command} */
module.exports = {
  summary: 'tell in words what a change does to access, guardrails, policies, accounts and quantities',
  run: async (words) => require(join(__dirname, '..', 'review.js')).diff(words),
};
