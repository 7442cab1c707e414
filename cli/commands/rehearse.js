// @ts-check
'use strict';

const { python } = require('../python');

/** @type {import('../main').Command} */
module.exports = {
  summary: 'deploy the app into an emulated AWS on this machine',
  run: (words) => python('rehearsal', words),
};
