#!/usr/bin/env node
'use strict'
require('./launch.js').launch('start_logs.sh')
