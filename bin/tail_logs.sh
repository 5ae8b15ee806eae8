#!/usr/bin/env node
'use strict'
require('./launch.js').launch('tail_logs.sh')
