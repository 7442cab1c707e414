// @ts-check
'use strict';

/** @type {import('../main').Command} */
module.exports = {
  summary: 'tell in words what a change does to access, guardrails, policies, accounts and quantities',
  run: async (words) => require('../review').diff(words),
};
