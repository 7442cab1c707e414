// @ts-check
'use strict';

const { join } = require('node:path');

const review = () => require(join(__dirname, '..', 'review.js'));

/** @type {import('../list').Command} */
module.exports = {
  summary: 'tell in words what a change does to access, guardrails, policies, accounts and quantities',
  options: () => review().options.diff,
  run: async (words) => review().diff(words),
};
