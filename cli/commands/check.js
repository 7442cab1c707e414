// @ts-check
'use strict';

const { python } = require('../python');

/** @type {import('../main').Command} */
module.exports = {
  summary: 'ask AWS, reading only, what would stop the app: before anything is created',
  run: (words) => python('check', words),
};
